from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

from medassay.errors import ModelError
from medassay.models.checkpoint import locate, wanted


def test_a_path_that_is_no_folder_says_what_it_could_have_been(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder, and not a hub id"):
        locate(tmp_path / "absent")


def test_a_hub_id_that_is_not_at_hand_says_so_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="owner/name: not in the local hub cache"):
        locate("owner/name")


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (GatedRepoError, "gated; accept its terms on the hub"),
        (RepositoryNotFoundError, "no such folder, and no such repository"),
        (RevisionNotFoundError, "has no revision 'v9'"),
    ],
)
def test_what_the_hub_refuses_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception], says: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise kind.__new__(kind)

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", refuse)
    with pytest.raises(ModelError, match=says):
        locate("owner/name", "v9")


def test_a_repository_is_fetched_at_the_commit_that_its_revision_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def info(_: object, repo: str, revision: str) -> SimpleNamespace:
        files = ("config.json", "model.safetensors", "pytorch_model.bin")
        return SimpleNamespace(sha="c0ffee", siblings=[SimpleNamespace(rfilename=name) for name in files])

    def fetch(repo: str, **how: object) -> str:
        asked.update(how)
        (tmp_path / "c0ffee").mkdir()
        (tmp_path / "c0ffee" / "config.json").write_text("{}")
        return str(tmp_path / "c0ffee")

    monkeypatch.setattr("huggingface_hub.HfApi.model_info", info)
    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    held = locate("owner/name", "v1")
    assert (held.commit, held.name) == ("c0ffee", "owner/name")
    assert asked == {"revision": "c0ffee", "allow_patterns": ["config.json", "model.safetensors"]}


def test_a_hub_id_is_found_in_the_cache_with_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    root = tmp_path / "models--owner--name"
    (root / "snapshots" / commit).mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text(commit)
    (root / "snapshots" / commit / "config.json").write_text("{}")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    held = locate("owner/name")
    assert (held.commit, held.source) == (commit, "owner/name")
    assert held.folder == root / "snapshots" / commit


def test_a_revision_does_not_go_with_a_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="a revision belongs to a hub id"):
        locate(tmp_path, revision="main")


def test_shards_are_those_of_the_index_and_all_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    shards = {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}))
    (tmp_path / "model-1.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=r"not there \(model-2.safetensors\)"):
        _ = locate(tmp_path).weights
    (tmp_path / "model-2.safetensors").write_bytes(b"")
    assert [path.name for path in locate(tmp_path).weights] == ["model-1.safetensors", "model-2.safetensors"]


@pytest.mark.parametrize(("text", "says"), [("{", "not readable as JSON"), ("[]", "holds no JSON object")])
def test_a_damaged_config_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ModelError, match=says):
        _ = locate(tmp_path).config


def test_an_adapter_without_its_base_is_named(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="base_model_name_or_path is missing"):
        locate(tmp_path)


def test_one_format_of_weights_is_fetched_and_no_other_framework() -> None:
    files = ["config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx"]
    assert wanted(files) == ["config.json", "model.safetensors"]
    assert wanted(["config.json", "pytorch_model.bin", "vocab.txt"]) == [
        "config.json",
        "pytorch_model.bin",
        "vocab.txt",
    ]
