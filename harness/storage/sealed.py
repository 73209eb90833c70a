"""Sealed folders: files with a note of what they are, and a hash of each.

A folder is filled beside its place and renamed into it, so it is there whole or not at all; and
what was damaged, or belongs to something else, is never read as if it were sound.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from harness.errors import SealError

NOTE = "about.json"
UNFINISHED = ".unfinished-"
"""How the folder begins that a process writes into before it renames it."""


def seal(folder: Path, note: Mapping[str, Any], fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write files, and put them with ``note`` at ``folder``, replacing what was there.

    Raises:
        OSError: it cannot be written; what was at ``folder`` stays.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = Path(mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    try:
        new = own / "new"
        new.mkdir()
        fill(new)
        body = {"note": note, "files": _digests(new)}
        with (new / NOTE).open("w", encoding="utf-8") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            folder.rename(own / "old")
        new.rename(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def read_note(folder: Path) -> dict[str, Any]:
    """Return the note of a sealed folder, its files unread.

    Raises:
        SealError: there is none, or it is damaged.
    """
    return _body(folder)["note"]


def unseal(folder: Path) -> dict[str, Any]:
    """Return the note of a sealed folder once every file in it is found to be as it was sealed.

    Raises:
        SealError: a file is missing, added or damaged.
    """
    body = _body(folder)
    found = _digests(folder)
    for name in sorted({*body["files"], *found} - {NOTE}):
        if found.get(name) != body["files"].get(name):
            what = "is missing" if name not in found else "is damaged or foreign"
            raise SealError(f"{folder}: {name} {what}")
    return body["note"]


def _body(folder: Path) -> dict[str, Any]:
    try:
        body = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        if not isinstance(body["note"], dict) or not isinstance(body["files"], dict):
            raise TypeError("its note is no note")
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise SealError(f"{folder}: {NOTE} is missing or damaged ({damage})") from damage
    return body


def _digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file under a folder, by its path there."""
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digests[path.relative_to(folder).as_posix()] = file_digest(
                    file, "sha256"
                ).hexdigest()
    return digests
