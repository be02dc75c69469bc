"""How much faster are batches than single questions, and are the answers the same?

    python benchmarks/generation.py [--model FOLDER] [--requests 96] [--batch 8]

Asks one checkpoint phantom's questions, one by one and in batches, on one thread, and prints by task the
answers per second and the ratio. Each way is timed several times in turns and the fastest counts, since
other work on the machine only ever slows one down. What a batch saves is the overhead of a step: little
where an answer is two tokens and the prompt is all the work, much where there are many steps.

    python benchmarks/generation.py --shared [--images 4] [--batch 8]

Asks 11 questions about each of some images of a LLaVA of 576 image tokens a picture (random weights, built
here) with and without sharing what is before the question, in the same batches.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import PIL.Image
import torch

import medassay
from medassay.benchmarks.phantom import load
from medassay.images import resolve
from medassay.models import sharing
from medassay.models.transformers import TransformersModel
from medassay.prompts import plain
from medassay.types import Decoding, Image, Message, Request, Where

DEMO = Path(medassay.__file__).parent / "models" / "demo" / "demo-vlm"
TASKS = ("report", "localisation", "measurement", "diagnosis", "vqa", "all")
IMAGES = 240
PER_IMAGE = 11
SIDE, PATCH = 336, 14  # of LLaVA-1.5: 576 image tokens
CHAT = (
    "{% for m in messages %}USER: {% for c in m.content %}{% if c.type == 'image' %}<image>\n"
    "{% else %}{{ c.text }}{% endif %}{% endfor %}{% endfor %} ASSISTANT:"
)


def questions(task: str, count: int) -> list[Request]:
    """Questions of a task in any order, their images known and drawn beforehand."""
    samples = list(load(Where(variant=task), n=IMAGES))
    random.Random(0).shuffle(samples)
    held = [replace(s, images=tuple(resolve(image) for image in s.images)) for s in samples[:count]]
    return [plain(sample.case) for sample in held]


def ask(model: TransformersModel, requests: list[Request]) -> tuple[float, list[str]]:
    """Seconds for all of them, and the answers in order."""
    started = time.perf_counter()
    found = dict(model.answer(requests))
    seconds = time.perf_counter() - started
    failed = [response.error for response in found.values() if response.error]
    if failed:
        sys.exit(f"a request failed: {failed[0]}")
    return seconds, [found[i].text for i in range(len(requests))]


def tokens(model: TransformersModel, requests: list[Request]) -> float:
    """The mean length of an answer in tokens; also warms up."""
    found = [response.usage.output_tokens for _, response in model.answer(requests)]
    return sum(found) / len(found)


def build(folder: Path) -> None:
    """A LLaVA of the shape of the hub's, small: random weights, words as tokens."""
    import transformers as tf
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers.utils import logging

    names = ["<s>", "</s>", "<pad>", "<image>", "<unk>"]
    words = [*names, *(f"w{i}" for i in range(4000))]
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = tf.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
        extra_special_tokens={"image_token": "<image>"},
    )  # fmt: skip
    tower = {"hidden_size": 256, "intermediate_size": 1024, "num_attention_heads": 4, "num_hidden_layers": 6}
    text = {"hidden_size": 512, "intermediate_size": 1408, "num_attention_heads": 8, "num_hidden_layers": 8}
    ends = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
    config = tf.LlavaConfig(
        text_config={"model_type": "llama", "vocab_size": len(words), **text, **ends},
        vision_config={"model_type": "clip_vision_model", "image_size": SIDE, "patch_size": PATCH, **tower},
        image_token_index=3,
    )
    torch.manual_seed(0)
    model = tf.LlavaForConditionalGeneration(config)
    with torch.no_grad():
        for parameter in model.parameters():  # else every question has the same answer
            if parameter.ndim >= 2:
                parameter.mul_(4)
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    tf.LlavaProcessor(
        tf.CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}),
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    ).save_pretrained(folder)


def about(folder: Path, images: int, max_tokens: int, *, questions: int = PER_IMAGE) -> list[Request]:
    """Some questions about each of some images of noise, in any order."""
    made = []
    for i in range(images):
        pixels = np.random.default_rng(i).integers(0, 255, (512, 512, 3), dtype=np.uint8)
        PIL.Image.fromarray(pixels).save(folder / f"{i}.png")
        image = resolve(Image(uri=str(folder / f"{i}.png")))
        for n in range(questions):
            question = " ".join(f"w{(31 * n + 7 * k) % 300}" for k in range(12 + n))
            message = Message(role="user", parts=(image, question))
            made.append(Request(messages=(message,), decoding=Decoding(max_tokens=max_tokens)))
    random.Random(0).shuffle(made)
    return made


def shared(options: argparse.Namespace) -> None:
    """Measure and print what sharing saves."""
    ways = {"plain": lambda *_: False, "shared": sharing.Beginnings.pay}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        model = TransformersModel(str(folder), device="cpu", batch=options.batch)
        model.load()
        millions = sum(p.numel() for p in model._model.parameters()) / 1e6
        print(
            f"LLaVA of {millions:.1f} M parameters, {PER_IMAGE} questions on each of {options.images} images"
        )
        print(
            "{:<14}{:>12}{:>12}{:>8}   {:<14}{}".format(
                "new tokens", "plain", "shared", "ratio", "same answers", "distinct"
            )
        )
        for length in (2, 16):
            requests = about(folder, options.images, length)
            times: dict[str, list[float]] = {way: [] for way in ways}
            texts: dict[str, list[str]] = {}
            for _ in range(options.rounds):
                for way, pays in ways.items():
                    sharing.Beginnings.pay = pays
                    seconds, texts[way] = ask(model, requests)
                    times[way].append(seconds)
            plain_way, shared_way = (min(times[way]) for way in ways)
            same = sum(a == b for a, b in zip(texts["plain"], texts["shared"], strict=True))
            count = len(requests)
            print(
                f"{length:<14}{count / plain_way:>10.1f}/s{count / shared_way:>10.1f}/s"
                f"{plain_way / shared_way:>8.2f}   {f'{same} of {count}':<14}{len(set(texts['shared']))}"
            )
            if same < count:
                sys.exit("sharing changed an answer")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=str(DEMO), help="folder of a generative checkpoint")
    parser.add_argument("--requests", type=int, default=96)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shared", action="store_true", help="11 questions per image, shared and plain")
    parser.add_argument("--images", type=int, default=4, help="with --shared: how many")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.shared:
        shared(options)
        return
    single = TransformersModel(options.model, device="cpu", batch=1)
    batched = TransformersModel(options.model, device="cpu", batch=options.batch)
    head = ("task", "tokens", "one by one", f"batches of {options.batch}", "ratio", "same answers")
    print("{:<14}{:>8}{:>14}{:>15}{:>8}   {}".format(*head))
    for task in TASKS:
        requests = questions(task, options.requests)
        length = tokens(batched, requests)
        alone, together = [], []
        for _ in range(options.rounds):
            alone.append(ask(single, requests))
            together.append(ask(batched, requests))
        one, many = min(s for s, _ in alone), min(s for s, _ in together)
        same = sum(a == b for a, b in zip(alone[0][1], together[0][1], strict=True))
        count = len(requests)
        print(
            f"{task:<14}{length:>8.1f}{count / one:>12.0f}/s{count / many:>13.0f}/s{one / many:>8.2f}"
            f"   {same} of {count}"
        )


if __name__ == "__main__":
    main()
