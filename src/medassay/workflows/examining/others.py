"""An adaptation's folder, and a store of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medassay import codec
from medassay.errors import MedassayError
from medassay.models.about import read_about
from medassay.store import Store
from medassay.workflows.examining.finding import Finding, sayer, words
from medassay.workflows.folder import read_manifest


def examine_adaptation(folder: Path) -> Iterator[Finding]:
    """What `medassay adapt` left."""
    say = sayer(folder)
    try:
        about = read_about(folder)
        training = codec.loads((folder / "training.json").read_text("utf-8"))
    except (MedassayError, OSError, ValueError) as error:
        yield say("adaptation", "wrong", words(error))
        return
    if about["kind"] == "tuned":
        from medassay.models.tuned import open_tuned

        opened: Callable[[str], Any] = open_tuned
    else:
        from medassay.models.adapted import AdaptedModel

        opened = AdaptedModel
    try:
        named = opened(str(folder)).fingerprint
    except MedassayError as error:
        yield say("adaptation", "wrong", str(error))
        return
    yield say("adaptation", "sound", f"{about['recipe']}, {training['trained']:,} numbers learned")
    runs = [read_manifest(path) for path in sorted((folder / "runs").glob("*/adapted")) if path.is_dir()]
    if any(manifest["model"]["fingerprint"] != named for manifest in runs):
        yield say("adaptation", "wrong", "its runs are of other weights than lie there: adapt again")


def examine_store(path: Path) -> Iterator[Finding]:
    """Every answer of a store against its checksum."""
    say = sayer(path)
    try:
        with Store(path) as store:
            held = store.check()
    except MedassayError as error:
        yield say("store", "wrong", str(error))
        return
    if held.problem:
        yield say(
            "store",
            "wrong",
            f"{held.problem}: name another store and `medassay store merge` this one into it",
        )
    if held.broken:
        yield say("answers", "wrong", f"{held.broken:,} are damaged: they are asked again when met")
    if held.set_aside:
        yield say("answers", "note", f"{held.set_aside:,} damaged ones were set aside before")
    yield say("answers", "sound", f"{held.sound:,} of {held.models:,} models, each with its checksum")
