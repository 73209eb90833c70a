"""Markdown: text that nothing in it can break, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

_RULES = {"l": "---", "r": "---:"}
_PART = r"[^\s/\\'\":,;()]+"
_START = r"(?:(?<![\w.~/\\])|(?<=file://))(?:[A-Za-z]:)?"
_HOME = re.compile(rf"{_START}[/\\](?:home|Users)[/\\]{_PART}")
_FOLDERS = re.compile(rf"(?:file://)?(?:{_START}(?:[/\\]{_PART})+|~(?:[/\\]{_PART})*)[/\\]")


def plain(text: str) -> str:
    """Return text on one line in which Markdown and HTML find nothing to interpret."""
    text = escape(" ".join(text.split()), quote=False)
    text = re.sub(r"([\\`|*~$])", r"\\\1", text).replace("](", "]\\(")
    # an underscore inside a word is only that
    return re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)


def grid(head: Sequence[str], body: Iterable[Sequence[str]], align: str) -> Iterator[str]:
    """Yield a table's lines; ``align`` has an ``l`` or an ``r`` for each column."""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join(_RULES[side] for side in align)} |"
    for cells in body:
        yield f"| {' | '.join(cells)} |"


def without_folders(text: str) -> str:
    """Return a text with absolute paths cut down to their last part; of a home remains ``~``."""
    return _FOLDERS.sub("", _HOME.sub("~", text))
