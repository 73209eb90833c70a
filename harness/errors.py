"""The errors that the harness raises on purpose: one line each, with the exit code they end in.

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class OneShotError(Exception):
    """Base of every deliberate error.

    The message is one line: the thing, the value found, the rule, the next step.
    """

    exit_code = 2


class UsageError(OneShotError):
    """A wrong option, name or setting."""


class DataError(OneShotError):
    """A dataset that is missing, damaged, or not what it says it is."""


class PluginError(OneShotError):
    """A plugin that cannot be found, imported, or understood."""


class RecordError(OneShotError):
    """A record file that cannot be read."""


class EngineError(OneShotError):
    """Where jobs were to run is not there, is lost, or does not fit."""


class MethodError(OneShotError):
    """A method that crashed or answered something that is not an answer."""

    exit_code = 3


class SealError(OneShotError):
    """A sealed folder that is damaged."""


class CheckpointError(MethodError):
    """A checkpoint that is damaged, or of another training."""


class NotComparable(OneShotError):
    """Two results of which neither can be subtracted from the other."""

    exit_code = 4


class NothingToDo(OneShotError):
    """A request that names no work at all."""

    exit_code = 5


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the hint that ends an unknown-name error: close matches first, then what exists."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    listing = ", ".join(known) if known else "none"
    return f"did you mean {close[0]}? known: {listing}" if close else f"known: {listing}"


def one_line(failure: Exception) -> str:
    """Say in one line what was raised and, unless it was raised on purpose, where."""
    message = " ".join(str(failure).split())
    if isinstance(failure, OneShotError):
        return message
    where = traceback.extract_tb(failure.__traceback__)[-1]
    file = Path(where.filename).name
    return f"{type(failure).__name__}: {message} ({file}, line {where.lineno})"
