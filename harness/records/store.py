"""The results folder: records written once, atomically, and read back."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from harness.errors import RecordError
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Identity, Record
from harness.records.record_json import from_json, to_json
from harness.storage.atomic import write_atomically

Read = TypeVar("Read")


def record_path(identity: Identity, results: Path) -> Path:
    """Return the file in which a record of this identity stands, or would stand."""
    return results / "records" / identity.path


def write(result: Record | Failure, results: Path) -> Path:
    """Write a result under ``results/records``, atomically, and return its path.

    A record replaces an earlier record or failure of its identity. A failure stands beside an
    earlier record, which it never replaces.
    """
    path = record_path(result.identity, results)
    failed = path.with_suffix(".failed.json")
    if isinstance(result, Failure):
        write_atomically(failed, to_json(result))
        return failed
    write_atomically(path, to_json(result))
    failed.unlink(missing_ok=True)
    return path


def write_curve(curve: LearningCurve, results: Path) -> Path:
    """Write a learning curve under ``results/curves``, atomically, and return its path."""
    path = results / "curves" / curve.path
    write_atomically(path, curve.to_json())
    return path


def read_all(results: Path) -> Iterator[Record | Failure]:
    """Yield every result under ``results/records``, in the order of their paths."""
    for path in record_files(results):
        yield read(path)


def record_files(results: Path) -> list[Path]:
    """Return the files of all results under ``results/records``, in the order of their paths."""
    return _files(results / "records")


def read_curves(results: Path) -> Iterator[LearningCurve]:
    """Yield every learning curve under ``results/curves``, in the order of their paths.

    Raises:
        RecordError: one is damaged, or of a schema this version does not know.
    """
    for path in _files(results / "curves"):
        yield _read(path, LearningCurve.from_json)


def read(path: Path, *, scores: bool = True) -> Record | Failure:
    """Read one file.

    Args:
        path: the file.
        scores: also what wrong answers scored.

    Raises:
        RecordError: it is damaged, or of a schema this version does not know.
    """
    return _read(path, partial(from_json, scores=scores))


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.json"), key=lambda path: path.parts)
    return [path for path in found if not path.name.startswith(".")]


def _read(path: Path, parse: Callable[[str], Read]) -> Read:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except RecordError as refusal:
        raise RecordError(f"{path}: {refusal}") from refusal
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error, OSError) as damage:
        raise RecordError(
            f"{path} is not a readable record ({type(damage).__name__}: {damage}); restore it or "
            "delete it and run again"
        ) from damage
