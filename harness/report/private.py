"""What a report leaves out, because it tells of whoever ran it."""

from __future__ import annotations

import re

_FOLDERS = re.compile(r"(?<![\w.~/\\])(?:[A-Za-z]:)?(?:[/\\][^\s/\\'\":,;()]+)+[/\\]")


def without_folders(text: str) -> str:
    """Return a text with absolute paths cut down to their last part."""
    return _FOLDERS.sub("", text)
