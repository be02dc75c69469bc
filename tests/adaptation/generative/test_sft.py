"""What was learned is what answers: trained, written, read again, merged."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from tests.adaptation.generative.conftest import FAMILIES, GLM_IS_OLD, ORIGINAL_LAYOUT, leave, over, parts_of

pytest.importorskip("trl", reason="trl is not installed")

from medassay.adaptation.generative import training
from medassay.adaptation.generative.anatomy import region_of
from medassay.adaptation.generative.batches import Collator
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.sft import MedVLMBenchFineTuning, SupervisedFineTuning
from medassay.adaptation.generative.tuning import Tuning
from medassay.models.tuned import WEIGHTS, open_tuned

pytestmark = [
    GLM_IS_OLD,
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning"),  # peft asks
]

QUICK: dict[str, Any] = {"rank": 4, "steps": 3, "batch": 4, "checks": 1, "rate": 1e-2, "warmup": 0.0}
PARTS = [
    (family, method, parts)
    for family in ("qwen", "blip-2-t5")
    for method in ("lora", "full")
    for parts in ("vision", "projector", "language")
]


def collate(given):
    held = prepare(given, Tuning(rank=1))
    return Collator(given.model.prompter, held.ends, given.train, apart=held.apart)


def outputs(model, batch):
    with torch.no_grad():
        return model(**batch)


@pytest.mark.parametrize(
    ("family", "method", "parts"),
    [
        *over(FAMILIES, lambda _: "lora", parts_of),
        *over((name for name in FAMILIES if name not in ORIGINAL_LAYOUT), lambda _: "full", parts_of),
        *PARTS,
    ],
)
def test_what_is_read_again_is_what_was_trained(lesson, tmp_path, family, method, parts):
    given = lesson(family)
    learned = SupervisedFineTuning(**QUICK, method=method, parts=parts)(given)
    model = leave(learned, given.model, tmp_path / "taught")
    batch = collate(given).of(given.train)
    base = given.model.weights(dtype="float32", device="cpu")
    after = outputs(model._model, batch)
    # The trainer's own losses are those of the weights before and after, read by nobody but us.
    assert learned.settings["validation_loss_before"] == pytest.approx(
        outputs(base, batch).loss.item(), abs=1e-4
    )
    assert learned.settings["validation_loss"] == pytest.approx(after.loss.item(), rel=1e-4)
    assert learned.settings["validation_loss"] != learned.settings["validation_loss_before"]
    if method == "lora":
        from peft import PeftModel

        apart = PeftModel.from_pretrained(base, tmp_path / "taught" / WEIGHTS).eval()
        assert outputs(apart, batch).loss.item() == pytest.approx(after.loss.item(), rel=1e-4)
    ((_, response),) = model.answer([given.train[0].request])
    assert response.error is None


def test_a_new_process_answers_the_same(lesson, tmp_path):
    given = lesson("qwen")
    learned = SupervisedFineTuning(**QUICK, parts="VML")(given)
    model = leave(learned, given.model, tmp_path / "taught")
    script = (
        "import pickle, sys; from medassay.models.tuned import open_tuned;"
        "asked = pickle.load(open(sys.argv[2], 'rb'));"
        "model = open_tuned(sys.argv[1], device='cpu', rank=True);"
        "print([r.text for _, r in sorted(model.answer(asked), key=lambda pair: pair[0])])"
    )
    import pickle

    asked = [one.request for one in given.train]
    (tmp_path / "asked").write_bytes(pickle.dumps(asked))
    words = [sys.executable, "-c", script, str(tmp_path / "taught"), str(tmp_path / "asked")]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip().splitlines()[-1]
    own = [response.text for _, response in sorted(model.answer(asked), key=lambda pair: pair[0])]
    assert said == str(own)


def test_an_adapter_on_an_adapter_is_read_with_both(lesson, tmp_path):
    given = lesson("llava")
    recipe = SupervisedFineTuning(**QUICK, parts="VML")
    first = leave(recipe(given), given.model, tmp_path / "first")
    again = lesson(tmp_path / "first", source=str(tmp_path / "first" / WEIGHTS), place=tmp_path / "again")
    learned = recipe(again)
    second = leave(learned, again.model, tmp_path / "second")
    batch = collate(given).of(given.train)
    loss = outputs(first._model, batch).loss.item()
    assert learned.settings["validation_loss_before"] == pytest.approx(loss, rel=1e-4)
    after = outputs(second._model, batch).loss.item()
    assert learned.settings["validation_loss"] == pytest.approx(after, rel=1e-4)
    assert after < loss
    assert [folder.parent.name for folder in second.checkpoint.adapters] == ["first", "second"]


def test_adapters_are_read_in_half_precision(lesson, tmp_path):
    given = lesson("gemma")
    learned = SupervisedFineTuning(**QUICK, parts="VML")(given)
    leave(learned, given.model, tmp_path / "taught")
    model = open_tuned(str(tmp_path / "taught"), device="cpu", dtype="bfloat16")
    assert all(response.error is None for _, response in model.answer([one.request for one in given.train]))
    assert {parameter.dtype for parameter in model._model.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("family", ["llava", "blip-vqa", "blip-2", "blip-2-t5", "instructblip"])
def test_gradients_are_those_of_the_whole_batch(lesson, tmp_path, monkeypatch, family):
    """Answers differ in length: a mean of means would weigh the tokens of short ones more."""
    train = torch.nn.Module.train
    monkeypatch.setattr(
        torch.nn.Module, "train", lambda held, _=True: train(held, False)
    )  # nothing is dropped

    def first(batch, accumulate):
        recipe = SupervisedFineTuning(
            **{**QUICK, "steps": 1, "batch": batch, "dropout": 0.0, "parts": "vision+language"},
            accumulate=accumulate,
        )
        (row,) = [r for r in recipe(lesson(family, place=tmp_path / str(batch))).curve if r["step"] == 1]
        return row["train_loss"], row["grad_norm"]

    assert first(2, 2) == pytest.approx(first(4, 1), rel=1e-4)
    assert first(1, 4) == pytest.approx(first(4, 1), rel=1e-4)


def test_equal_seeds_agree_and_others_do_not(lesson, tmp_path):
    from safetensors.torch import load_file

    def learned(seed, name):
        recipe = SupervisedFineTuning(**{**QUICK, "batch": 2}, dropout=0.1)
        state = torch.random.get_rng_state()
        recipe(lesson("llava", seed=seed, place=tmp_path / f"{name}-training")).save(tmp_path / name)
        assert torch.equal(state, torch.random.get_rng_state())  # nobody else's draws are changed
        return load_file(tmp_path / name / "adapter_model.safetensors")

    one, same, other = learned(0, "one"), learned(0, "same"), learned(1, "other")
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_the_published_recipe(lesson, monkeypatch):
    """Rank 128, alpha 256, batches of 16, and the projector at a rate of its own until the end."""
    seen = []

    def stop(trainer, _):
        trainer.create_optimizer_and_scheduler(num_training_steps=4)
        seen.append(trainer)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        MedVLMBenchFineTuning()(lesson("llava"))
    (trainer,) = seen
    names = {id(parameter): name for name, parameter in trainer.model.named_parameters()}
    rates = {
        (region_of(names[id(parameter)]) == "projector", group["initial_lr"])
        for group in trainer.optimizer.param_groups
        for parameter in group["params"]
    }
    assert rates == {(True, 2e-5), (False, 2e-4)}
    held = [id(parameter) for group in trainer.optimizer.param_groups for parameter in group["params"]]
    assert sorted(held) == sorted(id(p) for p in trainer.model.parameters() if p.requires_grad)
    config = trainer.model.peft_config["default"]
    assert (config.r, config.lora_alpha, config.lora_dropout) == (128, 256, 0.05)
    assert trainer.args.per_device_train_batch_size * trainer.args.gradient_accumulation_steps == 16
