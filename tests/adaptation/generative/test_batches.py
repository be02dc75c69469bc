"""What is learned from is what is asked: the same tokens, and of them the answer's alone."""

import pytest
import torch
from tests.adaptation.generative.conftest import FAMILIES, GLM_IS_OLD, LESSONS, dialogue, over

from medassay.adaptation.generative.batches import IGNORED
from medassay.models.sampling import Forced
from medassay.models.transformers import TransformersModel

pytestmark = GLM_IS_OLD


def likelihoods(model, batch, *, apart):
    """The summed log-probability of every row's labels."""
    inputs = {name: held for name, held in batch.items() if name != "labels"}
    labels = batch["labels"] if apart else batch["labels"][:, 1:]
    with torch.no_grad():
        logits = model(**inputs, labels=batch["labels"]).logits
    logits = logits if apart else logits[:, :-1]
    for never in model.generation_config.suppress_tokens or ():  # the placeholder of an image
        logits[..., never] = -torch.inf
    chosen = logits.float().log_softmax(-1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    return (chosen * (labels != IGNORED)).sum(1).tolist()


@pytest.mark.parametrize("family", over(FAMILIES))
def test_of_a_dialogue_the_answer_and_its_end_are_learned(prepared, family):
    given, held, collate = prepared(family)
    batch, tokenizer = collate.of(given.train), given.model.prompter.tokenizer
    for row, (_, answer) in zip(batch["labels"].tolist(), LESSONS, strict=True):
        learned = [token for token in row if token != IGNORED]
        assert learned[-1] in held.ends
        assert not held.ends & set(learned[:-1])
        assert tokenizer.decode(learned[:-1]).strip() == answer
    if not held.apart:
        said = batch["labels"] != IGNORED
        assert (batch["input_ids"][said] == batch["labels"][said]).all()
        assert not (said & (batch["attention_mask"] == 0)).any()


@pytest.mark.parametrize("family", over(FAMILIES))
def test_the_prompt_is_that_of_a_run(prepared, family):
    given, held, collate = prepared(family)
    model = TransformersModel(given.source, device="cpu")
    for asked in (given.train[:1], given.train):
        requests = [one.request for one in asked]
        inputs = model._inputs(requests, [model.prompter.prompt(request) for request in requests])
        batch = collate.of(asked)
        for row, mask, labels, own, seen in zip(
            batch["input_ids"],
            batch["attention_mask"],
            batch["labels"],
            inputs["input_ids"],
            inputs["attention_mask"],
            strict=True,
        ):
            prompt = mask.bool() if held.apart else mask.bool() & (labels == IGNORED)
            assert row[prompt].tolist() == own[seen.bool()].tolist()
        for name in ("pixel_values", "pixel_attention_mask", "image_grid_thw", "image_sizes"):
            assert name not in inputs or torch.equal(batch[name], inputs[name])


@pytest.mark.parametrize("family", over(FAMILIES))
def test_an_answer_is_as_likely_as_when_it_is_said(prepared, family):
    """The batch against `generate`, which is made to say the same tokens to one request alone."""
    given, held, collate = prepared(family)
    base = held.wrapped.model.get_base_model()
    found = likelihoods(base, collate.of(given.train), apart=held.apart)
    model = TransformersModel(given.source, device="cpu")
    for one, together in zip(given.train, found, strict=True):
        tokens = model.prompter.reply(one.request, one.answer, held.ends)
        forced = Forced([tokens], end=min(held.ends))
        model._run(
            model._inputs([one.request], [model.prompter.prompt(one.request)]), [forced], [], len(tokens)
        )
        assert together == pytest.approx(forced.totals[0], abs=1e-3)


@pytest.mark.parametrize("family", over(name for name in FAMILIES if "blip" not in name))
def test_questions_without_an_image_are_learned_beside_others(prepared, family):
    given, held, collate = prepared(family)
    base = held.wrapped.model.get_base_model()
    both = [given.train[0], dialogue(None, "how many lesions are there?", "2")]
    alone = [likelihoods(base, collate.of([one]), apart=held.apart)[0] for one in both]
    assert likelihoods(base, collate.of(both), apart=held.apart) == pytest.approx(alone, abs=1e-3)
