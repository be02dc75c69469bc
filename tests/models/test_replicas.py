"""Copies of a model on a real Ray cluster of several nodes, some of which are killed."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

import medassay
from medassay.contracts import check_model
from medassay.errors import ModelError, NotPermitted, UsageError
from medassay.images import resolve
from medassay.models.fakes import Constant
from medassay.models.replicas.cluster import join
from medassay.models.replicas.shares import cut, size_of
from medassay.models.replicas.shipping import shipped
from medassay.types import Image, Message, Request
from medassay.workflows.named import resolve_model

SLOW = """
import os, time
from medassay.images import open_image
from medassay.models.fakes import Scripted

def say(request):
    if "deadly" in request.text:
        os._exit(1)
    time.sleep(0.02)
    return f"{request.text} {[open_image(image).size for image in request.images]}"

slow = Scripted(say, name="slow", wants_pixels=True)
words = lambda requests: [request.text for request in requests]
"""


def ask(text, *images):
    return Request(messages=(Message(role="user", parts=(*images, text)),))


@pytest.fixture(scope="module")
def cluster():
    """Two nodes for two replicas each; medassay takes the cluster that is connected already."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray = pytest.importorskip("ray", reason="ray absent")
    from ray.cluster_utils import Cluster

    held = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    held.add_node(num_cpus=2)
    ray.init(address=held.address, log_to_driver=False, logging_level="ERROR")
    yield held
    ray.shutdown()
    held.shutdown()


@pytest.fixture
def word(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(textwrap.dedent(SLOW), "utf-8")
    return f"{path}:slow"


@pytest.fixture
def copies(cluster):
    """Makes replicas that are stopped after the test."""
    made: list[Any] = []

    def make(word, n, **options):
        made.append(resolve_model(word, replicas=n, **options).model)
        return made[-1]

    yield make
    for model in made:
        model.close()


def _all_once(answers, requests, expected):
    """Every index once, and each answer that of the model alone."""
    assert Counter(index for index, _ in answers) == Counter(range(len(requests)))
    assert {i: r.text for i, r in answers} == {i: r.text for i, r in enumerate(expected)}
    assert not [r.error for _, r in answers if r.error]


@pytest.fixture
def questions(pictures):
    return [ask(f"question {i}", pictures[i // 3 % 4]) for i in range(240)]


def alone(word, requests):
    answers = dict(resolve_model(word).model.answer(requests))
    return [answers[i] for i in range(len(requests))]


def test_a_node_that_is_killed_costs_no_answer(cluster, copies, word, questions):
    expected = alone(word, questions)
    node = cluster.add_node(num_cpus=2)
    model = copies(word, 6)
    answers = []
    for answer in model.answer(questions):
        answers.append(answer)
        if len(answers) == 60:
            cluster.remove_node(node, allow_graceful=False)
    _all_once(answers, questions, expected)


def test_a_replica_that_is_killed_costs_no_answer(copies, word, questions):
    import ray

    expected = alone(word, questions)
    model = copies(word, 2)
    answers = []
    for answer in model.answer(questions):
        answers.append(answer)
        if len(answers) in {30, 90}:
            ray.kill(next(hand.actor for hand in model._crew._hands if hand.streams))
    _all_once(answers, questions, expected)


def test_a_question_that_kills_its_replica_fails_alone_with_its_share(copies, word, questions):
    asked = [*questions[:40], ask("deadly"), *questions[40:80]]
    answers = dict(copies(word, 1).answer(asked))
    assert sorted(answers) == list(range(81))
    failed = [i for i, r in answers.items() if r.error]
    assert 40 in failed
    assert len(failed) <= 2 * size_of(81, 1, 32)
    assert "3 died while they answered" in answers[40].error


def test_when_no_replacement_is_to_be_had_what_is_left_fails(copies, word):
    asked = [ask(f"deadly {i}") for i in range(40)]
    answers = list(copies(word, 1).answer(asked))
    assert sorted(i for i, _ in answers) == list(range(40))
    assert any("none is left" in r.error for _, r in answers)


def test_a_cluster_without_room_is_an_error_and_no_wait(cluster):
    from medassay.models.replicas import Replicas

    with pytest.raises(ModelError, match=r"no room .* asks Ray for 1 GPUs and 1 CPUs, .* has 0 GPUs"):
        Replicas(lambda: Constant("yes"), 1, gpus=1, patience=1.0)


def test_a_model_that_cannot_be_built_is_one_error(cluster, checkpoint, tmp_path):
    import shutil

    folder = shutil.copytree(checkpoint("llava"), tmp_path / "llava")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="no chat template"):
        resolve_model(folder, replicas=2)


def test_contracts_hold_and_a_batch_is_that_of_the_model_alone(copies, checkpoint, pictures):
    folder = checkpoint("llava")
    model = copies(folder, 2)
    single = resolve_model(folder).model
    assert (model.fingerprint, model.style) == (single.fingerprint, single.style)
    asked = [
        replace(r, decoding=replace(r.decoding, max_tokens=4))
        for r in (ask("is there a lesion?", pictures[0]), ask("which side?"), ask("what is it?", pictures[1]))
    ]
    assert [f for f in check_model(model, asked) if not f.ok] == []
    expected = dict(single.answer(asked))
    assert {i: r.text for i, r in model.answer(asked)} == {i: r.text for i, r in expected.items()}


def test_another_machine_is_sent_the_content_of_images(copies, word, pictures, tmp_path, monkeypatch):
    """The replica stands elsewhere for all the driver knows, and opens each image without its file."""
    import shutil

    from medassay.models import replicas

    monkeypatch.setattr(replicas, "join", lambda cpus: replace(join(cpus), here="192.0.2.99"))
    path = tmp_path / "moved.png"
    shutil.copy(pictures[1].uri, path)
    here = [ask("size?", resolve(Image(uri=str(path)))), ask("gone?", Image(uri="absent.png"))]
    sent = shipped(here, same_machine=False)
    path.unlink()
    assert sent[0].key == here[0].key
    answers = dict(copies(word, 1).answer(sent))
    assert answers[0].text == "size? [(64, 64)]"
    assert "absent.png" in answers[1].error


def test_a_machine_that_may_not_be_asked_is_not(cluster, word, monkeypatch):
    from medassay.models import replicas

    monkeypatch.setattr(replicas, "join", lambda cpus: replace(join(cpus), here="192.0.2.99"))
    model: Any = resolve_model(word, replicas=1, may_ask=lambda address: False).model
    (elsewhere,) = model.destinations
    ((_, answer),) = model.answer([ask("secret")])
    model.close()
    assert answer.error == f"replica: none is left (the data may not be sent to {elsewhere})"


def test_a_run_asks_the_gate_for_every_node(cluster, word, monkeypatch, tmp_path):
    from medassay.models.replicas import Replicas

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Replicas, "destinations", ("192.0.2.7",))
    (tmp_path / "locked.py").write_text(
        "from dataclasses import replace\n"
        "from medassay import registry\n"
        "BENCHMARK = replace(registry.find('benchmark', 'phantom'), may_leave=False)\n",
        "utf-8",
    )
    run = {"model": word, "benchmark": "locked.py:n=8", "replicas": 2}
    with pytest.raises(NotPermitted, match=r"to 192\.0\.2\.7 \(node\)"):
        medassay.run(**run)
    done = medassay.run(**run, permit=["192.0.2.7"])
    assert done.manifest["status"] == "complete"
    assert done.manifest["permitted"] == ["192.0.2.7"]


def test_functions_are_one_model_in_all_copies(copies, word):
    model = copies(word.replace(":slow", ":words"), 2)
    asked = [ask(f"{i}") for i in range(40)]
    assert [r.text for _, r in sorted(dict(model.answer(asked)).items())] == [str(i) for i in range(40)]


def test_servers_have_no_replicas():
    with pytest.raises(UsageError, match="is a server"):
        resolve_model("http://127.0.0.1:1/v1", replicas=2)


def test_shares_keep_an_image_together_and_lose_nothing(pictures):
    asked = [ask(f"{i}", pictures[i % 3]) for i in range(30)] + [ask("words"), ask("words")]
    shares = [share.left for share in cut(asked, 4)]
    assert sorted(place for share in shares for place in share) == list(range(32))
    assert max(map(len, shares)) <= 8
    few = [share.left for share in cut(asked, 10)]
    assert few[:3] == [list(range(k, 30, 3)) for k in range(3)]
    assert [size_of(n, 8, 32) for n in (0, 5, 640, 10_000)] == [1, 1, 20, 32]
