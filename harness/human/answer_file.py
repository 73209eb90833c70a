"""The answer file of a round: each answer is on disk before the next trial is shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from harness.errors import NotComparable, OneShotError, RecordError, UsageError
from harness.human.answer import Answer, parse_answer
from harness.human.round import Round
from harness.records.record import Identity
from harness.storage.atomic import write_atomically
from harness.storage.dataclass_json import from_body, parse, to_text

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class _Header:
    """The first line: which round the answers below belong to."""

    schema: int
    identity: Identity
    manifest: str


def answers_path(identity: Identity, results: Path) -> Path:
    """Return the path of a round's answer file; it follows from the identity as a record's does."""
    return results / "rounds" / identity.path.with_suffix(".jsonl")


@contextmanager
def lock_rounds(identity: Identity, results: Path) -> Iterator[None]:
    """Lock a person's rounds on a task, of any length, for this process.

    Rounds of different lengths begin with the same trials, and the end of one shows the truth.

    Raises:
        UsageError: another process holds the lock, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    # one folder, and so one lock, for rounds of every length
    folder = answers_path(replace(identity, n_episodes=None), results).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(
            f"another oneshot human is running for {identity.choice} on this task ({folder}); "
            "end it first, or give another --name"
        ) from None
    except OSError as failure:
        raise UsageError(
            f"--results: {folder} cannot be written ({failure.strerror}); name another folder"
        ) from failure
    try:
        yield
    finally:
        lock.release()


class AnswerFile:
    """The answers of one round on disk: a header that identifies the round, then a line each.

    A last line that a crash cut short is dropped, and its trial is shown again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._length = 0  # bytes of whole lines

    def begin(self, fresh: Round) -> Round:
        """Return the round with the stored answers; create the file if it is missing.

        Raises:
            NotComparable: the answers are to other episodes or pixels, or of another round.
            RecordError: the file is damaged.
        """
        header = _header(fresh)
        if not self.path.exists():
            write_atomically(self.path, header)
        # the rest after the last line break was cut short by a crash
        whole, _, _ = self.path.read_bytes().rpartition(b"\n")
        first, *lines = whole.split(b"\n")
        self._check(first, fresh)
        self._length = len(whole) + 1
        for number, line in enumerate(lines, start=2):
            try:
                fresh = fresh.answered(parse_answer(line))
            except (ValueError, OneShotError) as damage:
                raise self._damaged(number, damage) from damage
        return fresh

    def append(self, answer: Answer) -> None:
        """Append an answer, and return when it is on disk. An OSError leaves no part of it."""
        line = answer.to_json().encode() + b"\n"
        with self.path.open("r+b") as file:  # append mode would keep a line that was cut short
            file.truncate(self._length)
            file.seek(self._length)
            try:
                file.write(line)
                _sync(file)
            except OSError:  # a full disk may have taken half of the line
                file.truncate(self._length)
                raise
        self._length += len(line)

    def _check(self, first: bytes, fresh: Round) -> None:
        try:
            body = parse(first)
            if body["schema"] != SCHEMA:
                raise RecordError(
                    f"{self.path}: schema {body['schema']}, and this version reads schema "
                    f"{SCHEMA}; upgrade oneshot"
                )
            header = from_body(body, _Header)
        except (ValueError, KeyError, TypeError) as damage:
            raise self._damaged(1, damage) from damage
        ours = fresh.trials.dealt.key.manifest
        if header.manifest != ours:
            raise NotComparable(
                f"{self.path} holds answers to other episodes or pixels (manifest "
                f"{header.manifest[:8]}, not {ours[:8]}); it was not changed: give another --name "
                "or --results"
            )
        if header.identity != fresh.identity:
            raise NotComparable(
                f"{self.path} holds answers of another round, so it was moved here; it was not "
                "changed: move it back, or give another --name or --results"
            )

    def _damaged(self, number: int, damage: Exception) -> RecordError:
        return RecordError(
            f"{self.path}, line {number} is not readable ({type(damage).__name__}: {damage}); "
            "restore the file, or move it away to begin again"
        )


def _header(fresh: Round) -> str:
    manifest = fresh.trials.dealt.key.manifest
    return to_text(_Header(schema=SCHEMA, identity=fresh.identity, manifest=manifest)) + "\n"


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
