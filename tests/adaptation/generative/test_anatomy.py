from collections import Counter

import pytest
from tests.adaptation.generative.conftest import FAMILIES, over, parts_of

from medassay.adaptation.generative.anatomy import REGIONS, region_of, regions
from medassay.errors import UsageError
from medassay.models.transformers import TransformersModel


@pytest.mark.parametrize("family", over(FAMILIES))
def test_every_part_of_a_family_is_found(checkpoint, family):
    model = TransformersModel(str(checkpoint(family)), device="cpu").weights(dtype="float32", device="cpu")
    found = Counter(region_of(name) for name, _ in model.named_parameters())
    assert set(found) == set(regions(parts_of(family)))
    embedded = {
        id(held.weight) for held in (model.get_input_embeddings(), model.get_output_embeddings()) if held
    }
    assert {region_of(n) for n, p in model.named_parameters() if id(p) in embedded} == {"language"}


@pytest.mark.parametrize(
    ("name", "region"),
    [  # of the classes that transformers 5.23 reads from images and text, as they name their weights
        ("lm_head.weight", "language"),
        ("query_tokens", "projector"),
        ("qformer.encoder.layer.0.attention.attention.query.weight", "projector"),
        ("language_projection.weight", "projector"),
        ("model.image_newline", "projector"),
        ("model.visual.merger.mlp.0.weight", "projector"),
        ("model.visual.deepstack_merger_list.2.linear_fc1.weight", "projector"),
        ("model.visual.patch_embed.proj.weight", "vision"),
        ("model.multi_modal_projector.mm_input_projection_weight", "projector"),
        ("base_model.model.model.visual.merger.modules_to_save.default.ln_q.weight", "projector"),
        ("base_model.model.model.vision_tower.encoder.layers.0.mlp.fc1.lora_A.default.weight", "vision"),
        ("model.connector.perceiver_resampler.latents", "projector"),
        ("image_to_text_projection.latent_query", "projector"),  # Kosmos-2
        ("git.visual_projection.visual_projection.0.weight", "projector"),
        ("git.image_encoder.vision_model.pre_layrnorm.weight", "vision"),
        ("model.resampler_model.mlp.weight", "projector"),  # ERNIE 4.5 VL
        ("model.vision_projection.patch_merger.merging_layer.weight", "projector"),  # LightOnOCR
        ("model.visual_embeddings_table.weight", "projector"),  # Ovis 2
        ("model.image_tower.encoder.layers.0.mlp.fc1.weight", "vision"),  # Video-LLaVA
        ("model.language_model.layers.0.self_attn.q_proj.weight", "language"),
        ("text_decoder.bert.encoder.layer.0.crossattention.self.key.weight", "language"),
    ],
)
def test_weights_by_their_names(name, region):
    assert region_of(name) == region


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("VML", REGIONS),
        ("LM", ("projector", "language")),
        ("language + vision", ("vision", "language")),
        ("projector", ("projector",)),
    ],
)
def test_parts_in_words_and_letters(text, asked):
    assert regions(text) == asked


@pytest.mark.parametrize("text", ["", "+", "brain", "vision+brain", "vml"])
def test_no_such_part(text):
    with pytest.raises(UsageError, match="name vision, projector, language"):
        regions(text)
