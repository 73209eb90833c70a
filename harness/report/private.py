"""What a report leaves out, because it tells of whoever ran it."""

from __future__ import annotations

import re

_PART = r"[^\s/\\'\":,;()]+"
_START = r"(?:(?<![\w.~/\\])|(?<=file://))(?:[A-Za-z]:)?"
_HOME = re.compile(rf"{_START}[/\\](?:home|Users)[/\\]{_PART}")
_FOLDERS = re.compile(rf"(?:file://)?(?:{_START}(?:[/\\]{_PART})+|~(?:[/\\]{_PART})*)[/\\]")


def without_folders(text: str) -> str:
    """Return a text with absolute paths cut down to their last part; of a home remains ``~``."""
    return _FOLDERS.sub("", _HOME.sub("~", text))
