"""Tiny real architectures, and four questions about four pictures to teach them."""

import json
from dataclasses import asdict

import pytest
from tests.models.conftest import checkpoint, pictures

from medassay.adaptation.generative.batches import Collator
from medassay.adaptation.generative.dialogues import Dialogue
from medassay.adaptation.generative.lesson import Lesson
from medassay.adaptation.generative.material import prepare
from medassay.adaptation.generative.tuning import Tuning
from medassay.models.about import ADAPTED
from medassay.models.transformers import TransformersModel
from medassay.models.tuned import TEMPLATE, WEIGHTS, open_tuned
from medassay.types import Decoding, Message, Request
from medassay.workflows.adapting.parts import Cut
from medassay.workflows.adapting.tracking import Tracking
from medassay.workflows.adapting.tuning import Course

__all__ = ["checkpoint", "pictures"]

ORIGINAL_LAYOUT = ("llava-mistral", "llava-qwen2", "llava-llama", "vila", "vila-llama-3")
FAMILIES = (
    "llava",
    "llava-onevision",
    "qwen",
    "qwen2-vl",
    "qwen3-vl",
    "qwen3-vl-moe",
    "gemma",
    "internvl",
    "idefics",
    "idefics2",
    "smolvlm",
    "glm4v",
    "glm4v-moe",
    "blip-vqa",
    "blip-2",
    "blip-2-t5",
    "instructblip",
    *ORIGINAL_LAYOUT,
)
# Those that differ most; their kin are left to `make soak`.
MOST = ("llava", "qwen", "gemma", "internvl", "smolvlm", "blip-vqa", "instructblip")
LESSONS = (  # of different lengths, so that batches are padded on both sides
    ("what modality is this image?", "chest x-ray"),
    ("is there a lesion? answer yes or no.", "yes"),
    ("lung?", "left lung lesion"),
    ("how many lesions are there?", "2"),
)
# GLM's processor makes arrays of tensors in a way that NumPy warns of.
GLM_IS_OLD = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")


def over(families, *more):
    """What a test is parametrised with: a family, and what is said of each."""
    return [
        pytest.param(name, *(each(name) for each in more), marks=() if name in MOST else pytest.mark.soak)
        for name in families
    ]


def parts_of(family):
    """All parts that it has: BLIP's text layers look at the image themselves."""
    return "vision+language" if family == "blip-vqa" else "vision+projector+language"


def dialogue(image, question, answer):
    parts = (*((image,) if image else ()), question)
    request = Request(messages=(Message(role="user", parts=parts),), decoding=Decoding(max_tokens=4))
    return Dialogue(id=question, cluster=question, request=request, answer=answer)


@pytest.fixture(scope="session")
def taught(pictures):
    """What is taught."""
    return [dialogue(image, *words) for image, words in zip(pictures, LESSONS, strict=True)]


@pytest.fixture
def lesson(checkpoint, taught, tmp_path):
    """Gives the lesson for a family or a folder; validation is what is taught."""

    def made(family, **changes):
        folder = checkpoint(family) if isinstance(family, str) else family
        opened = TransformersModel if isinstance(family, str) else open_tuned
        model = changes.pop("model", None) or opened(str(folder), device="cpu")
        held = {
            "model": model,
            "source": str(model.checkpoint.folder),
            "revision": None,
            "train": taught,
            "validation": taught,
            "samples": {},
            "scorer": None,
            "seed": 0,
            "place": tmp_path / "training",
        }
        return Lesson(**{**held, **changes})

    return made


@pytest.fixture
def prepared(lesson):
    """Gives a family made ready to be trained, and all that is taught as one batch."""

    def made(family, **options):
        given = lesson(family)
        held = prepare(given, Tuning(**{"rank": 4, "dropout": 0.0, **options}))
        collate = Collator(given.model.prompter, held.ends, given.train, apart=held.apart)
        held.wrapped.model.eval()
        return given, held, collate

    return made


def leave(learned, model, folder):
    """Write the folder as `medassay adapt` does, and open it."""
    learned.save(folder / WEIGHTS)
    (folder / TEMPLATE).write_text(model.prompter.processor.chat_template)
    about = {"kind": "tuned", "schema": 1, "recipe": "sft", "base": {}, "trained_on": "nothing"}
    (folder / ADAPTED).write_text(json.dumps({**about, "style": asdict(model.style)}))
    return open_tuned(str(folder), device="cpu", rank=True)


@pytest.fixture
def lesson_of(tmp_path):
    """`lesson_of(benchmark, recipe, only)`: what the command would hand to the recipe."""

    def made(benchmark: str, recipe: Tuning, **only: str):
        course = Course.open("demo-vlm-small", benchmark, data=None, cut=Cut(only=only), taught=recipe)
        return course.lesson(tmp_path / "training", Cut(), Tracking())

    return made
