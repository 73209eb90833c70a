"""A copy of Omniglot on disk: three zips, or the folders that they unpack to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from harness import DataError

BACKGROUND, EVALUATION, RUNS = "images_background", "images_evaluation", "all_runs"
UPSTREAM_RUNS = "one-shot-classification"
"""The folder of all_runs.zip in Omniglot's own repository."""

CHARACTER = 2
"""The depth of a character's folder: split, alphabet, character."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The parts of a copy, each a zip or a folder; the runs may be missing."""

    background: Path
    evaluation: Path
    runs: Path | None

    @property
    def signature(self) -> str:
        """A digest of names, sizes and times, which changes with the copy; no drawing is read."""
        digest = sha256()
        for path in (self.background, self.evaluation, self.runs):
            for line in _traits(path) if path else ("no runs",):
                digest.update(f"{line}\n".encode())
        return digest.hexdigest()[:16]


def find_copy(path: Path) -> Copy:
    """Return the copy in a folder, or the copy that a path is part of.

    Raises:
        DataError: the path does not exist, or a split is missing.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder; {_wanted()}")
    folder = path.parent if path.is_file() or path.name in (BACKGROUND, EVALUATION, RUNS) else path
    background, evaluation = _part(folder, BACKGROUND), _part(folder, EVALUATION)
    for part, name in ((background, BACKGROUND), (evaluation, EVALUATION)):
        if part is None:
            raise DataError(f"{folder}: {name}.zip and {name}/ are missing; {_wanted()}")
    assert background is not None and evaluation is not None
    return Copy(background=background, evaluation=evaluation, runs=_find_runs(folder))


def _find_runs(folder: Path) -> Path | None:
    part = _part(folder, RUNS) or _part(folder / UPSTREAM_RUNS, RUNS)
    if part is None and (folder / "run01").is_dir():
        return folder
    return part


def _part(folder: Path, name: str) -> Path | None:
    for path in (folder / f"{name}.zip", folder / name):
        if path.exists():
            return path
    return None


def _traits(path: Path, depth: int = 0) -> Iterator[str]:
    """Yield the names, sizes and times of a zip or of a folder's folders."""
    found = path.stat()
    if path.is_file():
        yield f"{path.name} {found.st_size} {found.st_mtime_ns}"
        return
    yield f"{path.name} {found.st_mtime_ns}"
    if depth == CHARACTER:  # its time changes when a drawing is added or removed
        return
    with os.scandir(path) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    for name in folders:
        yield from _traits(path / name, depth + 1)


def _wanted() -> str:
    return (
        f"name a folder that holds {BACKGROUND}.zip, {EVALUATION}.zip and {RUNS}.zip, or these "
        "unpacked; or: oneshot data download"
    )
