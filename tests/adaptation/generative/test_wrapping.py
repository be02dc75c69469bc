"""What is trained moves and nothing else does; before that, nothing has changed."""

import pytest
import torch
from tests.adaptation.generative.conftest import FAMILIES, GLM_IS_OLD, ORIGINAL_LAYOUT, over, parts_of

from medassay.adaptation.generative.anatomy import region_of, regions
from medassay.adaptation.generative.tuning import Tuning
from medassay.adaptation.generative.wrapping import wrap
from medassay.errors import ModelError, UsageError
from medassay.models.transformers import TransformersModel

pytestmark = GLM_IS_OLD

LORA = over(FAMILIES, lambda _: "lora", parts_of)
FULL = over((name for name in FAMILIES if name not in ORIGINAL_LAYOUT), lambda _: "full", parts_of)
ALONE = [
    (family, method, part)
    for family in ("llava", "qwen3-vl", "gemma", "blip-2")
    for method in ("lora", "full")
    for part in ("vision", "projector", "language")
]


@pytest.mark.parametrize("family", over(FAMILIES))
def test_wrapping_changes_no_answer(prepared, lesson, family):
    given, held, collate = prepared(family, parts=parts_of(family))
    batch = collate.of(given.train)
    untouched = given.model.weights(dtype="float32", device="cpu")
    with torch.no_grad():
        assert torch.equal(held.wrapped.model(**batch).logits, untouched(**batch).logits)


@pytest.mark.parametrize(("family", "method", "parts"), [*LORA, *FULL, *ALONE])
def test_a_step_moves_what_is_trained_and_nothing_else(prepared, family, method, parts):
    given, held, collate = prepared(family, method=method, parts=parts)
    model, batch = held.wrapped.model, collate.of(given.train)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=1e-2, weight_decay=0.0)
    for _ in range(2):  # the first matrix of an adapter moves once the second has
        model(**batch).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    moved = {name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])}
    assert moved == {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert {region_of(name) for name in moved} == set(regions(parts))
    assert held.wrapped.trained == sum(before[name].numel() for name in moved)
    assert not moved & set(held.settings["unreached"])
    assert held.parameters == sum(
        p.numel() for p in given.model.weights(dtype="float32", device="cpu").parameters()
    )


@pytest.mark.parametrize("family", over(FAMILIES))
def test_layers_that_carry_an_adapter_are_those_that_were_named(prepared, family):
    _, held, _ = prepared(family, parts=parts_of(family))
    model = held.wrapped.model
    carried = {name for name, module in model.get_base_model().named_modules() if hasattr(module, "lora_A")}
    assert carried == set(held.wrapped.adapted)
    kept = {
        name for name, module in model.get_base_model().named_modules() if hasattr(module, "modules_to_save")
    }
    assert kept == set(held.wrapped.whole)
    assert not carried & kept
    words = {
        id(m.weight)
        for m in model.modules()
        if isinstance(m, torch.nn.Embedding)
        or getattr(m, "out_features", 0) == model.config.get_text_config().vocab_size
    }
    assert not words & {id(model.get_base_model().get_submodule(name).weight) for name in carried}
    assert model.peft_config["default"].base_model_name_or_path


def test_a_layer_that_is_read_past_is_frozen_and_named(prepared):
    """LLaVA looks at its tower's last layer but one: the last is never reached."""
    _, held, _ = prepared("llava", parts="vision")
    assert held.settings["unreached"]
    assert all(".encoder.layers.2." in name for name in held.settings["unreached"])
    _, held, _ = prepared("instructblip", parts="projector")
    assert all(".layer.1.intermediate." in n or ".layer.1.output." in n for n in held.settings["unreached"])


def test_a_part_that_is_not_there_is_no_part(prepared):
    with pytest.raises(ModelError, match="BlipForQuestionAnswering has no projector"):
        prepared("blip-vqa", parts="projector")


@pytest.mark.parametrize("family", over(ORIGINAL_LAYOUT))
def test_weights_that_could_not_be_read_back_are_not_trained(prepared, family):
    with pytest.raises(UsageError, match="method=lora leaves an adapter"):
        prepared(family, method="full")


def test_rank_and_scale_are_those_of_the_recipe(checkpoint):
    model = TransformersModel(str(checkpoint("qwen")), device="cpu").weights(dtype="float32", device="cpu")
    wrapped = wrap(model, Tuning(rank=3, alpha=12, dropout=0.25), source="owner/name", revision="abc")
    for name in wrapped.adapted:
        layer = wrapped.model.get_base_model().get_submodule(name)
        assert (layer.r["default"], layer.scaling["default"]) == (3, 4.0)
        assert layer.lora_dropout["default"].p == 0.25
        assert not layer.lora_B["default"].weight.any()
    config = wrapped.model.peft_config["default"]
    assert (config.base_model_name_or_path, config.revision) == ("owner/name", "abc")
