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
from medassay.benchmarks.phantom.report import report
from medassay.benchmarks.phantom.scene import Truth
from medassay.benchmarks.phantom.topics import READINGS, TOPICS, Reading, Topic
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
            if reading.applies(known):
                by_image[place].append(_read(reading, recipe, known))
    for samples in by_image:
        yield from samples


def balance(outcomes: Sequence[str | None], wanted: Sequence[str]) -> list[tuple[int, ...]]:
    """Disjoint groups of places, one place per wanted outcome in their order; as many as there can be."""
    places = [[k for k, held in enumerate(outcomes) if held == outcome] for outcome in wanted]
    return list(zip(*places, strict=False))


def _asked(topic: Topic, group: int, outcome: str, recipe: Recipe, known: Truth) -> Sample:
    wording = group % len(topic.wordings)
    accepted = topic.accepted.get(outcome, (outcome,))
    choices, word = topic.choices, f"{topic.name}-{wording + 1}"
    if topic.kind == "choice":
        turn = group // len(topic.wordings) % len(topic.outcomes)
        order = topic.outcomes[turn:] + topic.outcomes[:turn]
        choices = tuple(Choice(label=option) for option in order)
        accepted, word = (ascii_uppercase[order.index(outcome)],), f"{word}-{turn + 1}"
    return _sample(topic, word, topic.wordings[wording], Target(texts=accepted), choices, (recipe, known))


def _read(reading: Reading, recipe: Recipe, known: Truth) -> Sample:
    if reading.kind == "number":
        target = Target(number=round(known.measurements[reading.measurement], 4), unit=reading.unit)
    elif reading.kind == "box":
        target = Target(boxes=tuple(lesion.box(recipe.size) for lesion in known.lesions))
    else:
        target = Target(texts=(report(known),))
    return _sample(reading, f"{reading.name}-1", reading.wordings[0], target, (), (recipe, known))


def _sample(
    asked: Topic | Reading,
    word: str,
    question: str,
    target: Target,
    choices: tuple[Choice, ...],
    image: tuple[Recipe, Truth],
) -> Sample:
    recipe, known = image
    tags = {
        "task": asked.task,
        "topic": asked.name,
        "specialty": known.specialty,
        "sex": known.sex,
        "age_group": known.age_group,
    }
    if known.skin_tone is not None:
        tags["skin_tone"] = known.skin_tone
    return Sample(
        id=f"{recipe.name}-{asked.task}-{word}",
        kind=asked.kind,
        question=question,
        images=(Image(uri=recipe.uri),),
        choices=choices,
        cluster=recipe.name,
        tags=tags,
        target=target,
    )
