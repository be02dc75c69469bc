"""From truths to samples, balanced so that the words alone tell nothing.

Within each block of images a topic is asked in groups: one image of every outcome, all asked in the same
words (and, for multiple choice, with the options in the same order, which moves on from group to group).
So for every question text the outcomes, and the letters, are exactly uniform, and a model that sees no
image cannot beat chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from medassay.benchmarks.phantom.drawing import Recipe, truth
from medassay.benchmarks.phantom.readings import READINGS, Reading
from medassay.benchmarks.phantom.scene import Truth
from medassay.benchmarks.phantom.topics import TOPICS, Topic
from medassay.types import Choice, Image, Sample, Target


def ask(recipes: Sequence[Recipe]) -> Iterator[Sample]:
    """The samples of one block of images, by image, each image's in the order of the topics."""
    truths = [truth(recipe) for recipe in recipes]
    by_image: list[list[Sample]] = [[] for _ in recipes]
    for topic in TOPICS:
        groups = balance([topic.outcome(t) for t in truths], topic.outcomes)
        for group, members in enumerate(groups[:: topic.every]):
            for place, outcome in zip(members, topic.outcomes, strict=True):
                by_image[place].append(_asked(topic, group, outcome, recipes[place], truths[place]))
    for reading in READINGS:
        for place, (recipe, known) in enumerate(zip(recipes, truths, strict=True)):
            target = reading.target(known, recipe.size)
            if target is not None:
                by_image[place].append(_sample(reading, "1", reading.question, target, (), (recipe, known)))
    for samples in by_image:
        yield from samples


def balance(outcomes: Sequence[str | None], wanted: Sequence[str]) -> list[tuple[int, ...]]:
    """Disjoint groups of places, one place per wanted outcome in their order; as many as there can be."""
    places = [[k for k, held in enumerate(outcomes) if held == outcome] for outcome in wanted]
    return list(zip(*places, strict=False))


def _asked(topic: Topic, group: int, outcome: str, recipe: Recipe, known: Truth) -> Sample:
    wording = group % len(topic.wordings)
    accepted = topic.accepted.get(outcome, (outcome,))
    choices, word = topic.choices, str(wording + 1)
    if topic.kind == "choice":
        turn = group // len(topic.wordings) % len(topic.outcomes)
        order = topic.outcomes[turn:] + topic.outcomes[:turn]
        choices = tuple(Choice(label=option) for option in order)
        accepted, word = (ascii_uppercase[order.index(outcome)],), f"{word}-{turn + 1}"
    return _sample(topic, word, topic.wordings[wording], Target(texts=accepted), choices, (recipe, known))


def _sample(
    asked: Topic | Reading,
    word: str,
    question: str,
    target: Target,
    choices: tuple[Choice, ...],
    image: tuple[Recipe, Truth],
) -> Sample:
    recipe, known = image
    return Sample(
        id=f"{recipe.name}-{asked.task}-{asked.name}-{word}",
        kind=asked.kind,
        question=question,
        images=(Image(uri=recipe.uri),),
        choices=choices,
        cluster=recipe.name,
        tags=_tags(asked, known),
        target=target,
    )


def _tags(asked: Topic | Reading, known: Truth) -> dict[str, str]:
    tags = {"task": asked.task, "topic": asked.name, "specialty": known.specialty}
    if isinstance(asked, Topic) and asked.skill:
        tags["skill"] = asked.skill
    if known.specialty != "detection":  # noise has no patient
        tags |= {"sex": known.sex, "age_group": known.age_group}
    if known.skin_tone is not None:
        tags["skin_tone"] = known.skin_tone
    return tags
