"""Preference on the shipped model: likelihoods, loss, reference and weights, then a short training."""

from dataclasses import replace

import pytest

pytest.importorskip("trl", reason="trl is not installed")

import torch

from medassay.adaptation.generative.batches import IGNORED, Collator
from medassay.adaptation.generative.dpo import DirectPreference, MMedPOPreference
from medassay.adaptation.generative.likelihood import log_likelihoods
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.pairs import pairs_of
from medassay.adaptation.generative.preferring import PairCollator, preferring
from medassay.errors import DataError, UsageError

TASK = "phantom@vqa:n=24"
RECIPE = DirectPreference(rate=2e-3, epochs=2, batch=16, checks=1, looked_at=48)


@pytest.fixture
def ready(lesson_of):
    lesson = lesson_of(TASK, RECIPE)
    pairs, _ = pairs_of(lesson.train, lesson.samples, seed=0)
    held = prepare(lesson, RECIPE)
    return lesson, pairs[:6], held, Collator(lesson.model.prompter, held.ends, [])


def nudge(model):
    """Give every adapter something to say."""
    drawn = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.add_(0.05 * torch.randn(parameter.shape, generator=drawn))


def test_the_likelihood_of_an_answer_is_the_sum_over_its_tokens_whatever_stands_beside_it(ready):
    _, pairs, held, collate = ready
    dialogues = [side for pair in pairs for side in (pair.preferred, pair.refused)]
    model = held.wrapped.model.eval()
    with torch.no_grad():
        together = log_likelihoods(model, collate.of(dialogues), narrow=True)
        whole = log_likelihoods(model, collate.of(dialogues), narrow=False)
        alone = []
        for dialogue in dialogues:
            batch = collate.of([dialogue])
            labels = batch.pop("labels")[0, 1:]
            logits = model(**batch).logits[0, :-1].log_softmax(-1)
            alone.append(sum(logits[i, t] for i, t in enumerate(labels.tolist()) if t != IGNORED))
    torch.testing.assert_close(together, torch.stack(alone), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together, whole)


def trainer_of(ready, tmp_path, pairs, **arguments):
    from transformers import Trainer, TrainingArguments

    _, _, held, collate = ready
    return preferring(Trainer, beta=0.1, shape="sigmoid")(
        model=held.wrapped.model,
        args=TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to="none", **arguments),
        data_collator=PairCollator(collate, pairs),
    )


def test_the_reference_is_the_model_with_its_adapter_switched_off(ready, tmp_path):
    _, pairs, held, _ = ready
    trainer = trainer_of(ready, tmp_path, pairs)
    batch = trainer.data_collator([{"place": place} for place in range(len(pairs))])
    loss = trainer.compute_loss(held.wrapped.model, batch)
    torch.testing.assert_close(loss, torch.log(torch.tensor(2.0)))
    with torch.no_grad():
        before = [log_likelihoods(held.wrapped.model, batch[s], narrow=True) for s in ("chosen", "rejected")]
    nudge(held.wrapped.model)
    after = [log_likelihoods(held.wrapped.model, batch[s], narrow=True) for s in ("chosen", "rejected")]
    margin = 0.1 * ((after[0] - before[0]) - (after[1] - before[1]))
    expected = torch.nn.functional.softplus(-margin).mean()
    torch.testing.assert_close(trainer.compute_loss(held.wrapped.model, batch), expected)
    assert held.wrapped.model.training


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of what it gives transformers
def test_the_loss_is_that_of_trl(ready, tmp_path):
    """Its DPOTrainer, whose batch has both sides below one another, on the same words and images."""
    import datasets
    from trl import DPOConfig, DPOTrainer

    lesson, pairs, held, collate = ready
    turn = [{"role": "user", "content": "q"}]
    words = {"prompt": [turn], "chosen": [turn], "rejected": [turn], "images": [[]]}
    theirs = DPOTrainer(
        model=held.wrapped.model,
        args=DPOConfig(output_dir=str(tmp_path), use_cpu=True, report_to="none", bf16=False, beta=0.1),
        train_dataset=datasets.Dataset.from_dict(words),
        processing_class=lesson.model.prompter.processor,
    )
    held.wrapped.model.delete_adapter("ref")
    nudge(held.wrapped.model)
    batch = collate.of([*(pair.preferred for pair in pairs), *(pair.refused for pair in pairs)])
    batch["completion_mask"] = (batch.pop("labels") != IGNORED).long()
    ours = trainer_of(ready, tmp_path, pairs)
    rows = ours.data_collator([{"place": place} for place in range(len(pairs))])
    mine = ours.compute_loss(ours.model, rows).detach()
    other = theirs.compute_loss(theirs.model, batch).detach()
    assert abs(float(mine) - 0.6931) > 1e-3
    torch.testing.assert_close(mine, other, atol=1e-5, rtol=1e-4)


def test_accumulated_steps_are_averaged_and_weights_count(ready, tmp_path):
    """Two steps of two pairs move the weights as one step of four; a pair of weight nothing does not."""
    _, pairs, held, _ = ready
    nudge(held.wrapped.model)
    start = {n: p.detach().clone() for n, p in held.wrapped.model.named_parameters() if p.requires_grad}

    def gradients(pairs, batch, accumulate):
        for name, parameter in held.wrapped.model.named_parameters():
            if name in start:
                parameter.data.copy_(start[name])
        trainer = trainer_of(
            ready,
            tmp_path,
            pairs,
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=accumulate,
            max_steps=1,
            learning_rate=1.0,
            lr_scheduler_type="constant",
            optim="sgd",
            max_grad_norm=0.0,
            remove_unused_columns=False,
            save_strategy="no",
        )
        trainer.train_dataset = [{"place": place} for place in range(len(pairs))]
        trainer.train()
        now = dict(held.wrapped.model.named_parameters())
        return {name: (start[name] - now[name]).detach().clone() for name in start}

    whole, parts = gradients(pairs[:4], 4, 1), gradients(pairs[:4], 2, 2)
    assert max(float(moved.abs().max()) for moved in whole.values()) > 1e-5
    torch.testing.assert_close(parts, whole, atol=1e-6, rtol=1e-3)
    nothing = gradients([*pairs[:2], *(replace(pair, weight=0.0) for pair in pairs[2:4])], 4, 1)
    half = gradients(pairs[:2], 2, 1)
    torch.testing.assert_close(nothing, {n: moved / 2 for n, moved in half.items()}, atol=1e-6, rtol=1e-3)


def test_it_moves_the_margin_on_pairs_that_it_did_not_see(lesson_of):
    tuned = RECIPE(lesson_of(TASK, RECIPE))
    settings = tuned.settings
    assert settings["validation_loss_before"] == pytest.approx(0.6931, abs=1e-4)
    assert settings["validation_margin"] > 0.05
    assert settings["validation_preferred"] > 0.6
    rows = [row for row in tuned.curve if row["step"] > 1]
    assert {"rewards/chosen", "rewards/rejected", "rewards/margin", "rewards/accuracy"} <= set(rows[-1])
    for row in rows:
        gained = row["rewards/chosen"] - row["rewards/rejected"]
        assert row["rewards/margin"] == pytest.approx(gained, abs=1e-5, nan_ok=True)


def test_what_no_pairs_can_be_made_of_is_said(lesson_of):
    with pytest.raises(DataError, match="no pairs can be made of the training part"):
        RECIPE(lesson_of("phantom@report:n=12", RECIPE))


def test_options_that_cannot_be():
    with pytest.raises(UsageError, match="adapter as reference"):
        DirectPreference(method="full")
    with pytest.raises(UsageError, match="beta and noise"):
        DirectPreference(beta=0)
    assert (MMedPOPreference().rate, MMedPOPreference().noise) == (1e-7, 10.0)
