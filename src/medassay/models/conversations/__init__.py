"""How models are talked to that bring no chat template of their own: a Jinja template each.

They are transcribed from the model's own code at the commit that each file names, or follow the
documentation that it names. In the former an image stands as `<image>` and a line break, at its place among
the text; the word `<image>` in a question is dropped, as those codes do. `{{ bos_token }}` stands where the
original adds the start token.
"""

from __future__ import annotations

from pathlib import Path

from medassay.errors import UsageError

_FOLDER = Path(__file__).parent


def chat_template(word: str) -> str:
    """The Jinja template that a word names: a conversation of this folder, or the path of a file.

    Raises:
        UsageError: it is neither.
    """
    own = _FOLDER / f"{word}.jinja"
    path = own if own.is_file() else Path(word).expanduser()
    if path.suffix != ".jinja" or not path.is_file():
        known = ", ".join(sorted(held.stem for held in _FOLDER.glob("*.jinja")))
        raise UsageError(f"conversation {word!r}: neither one of {known} nor the path of a .jinja file")
    return path.read_text(encoding="utf-8")
