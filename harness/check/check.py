"""The regression check of a results folder against a baseline folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from harness.check.answers import Entry, answers
from harness.check.costs import Tolerance, costs
from harness.check.finding import Checked, Finding, Mark
from harness.check.scatter import SeedScatter, seed_scatter
from harness.errors import NothingToDo, UsageError
from harness.protocol.settings import MethodChoice
from harness.records.record import Failure, Record
from harness.records.repetitions import Question, method_of, question_of
from harness.records.selection import Selection
from harness.records.store import read_all

Key = tuple[Question, MethodChoice]


@dataclass(frozen=True, kw_only=True)
class _Held:
    """The results of one method on one task in one folder, by seed, and their fingerprints."""

    seeds: dict[int, Record | Failure] = field(default_factory=dict)
    fingerprints: set[str] = field(default_factory=set)

    @property
    def records(self) -> dict[int, Record]:
        return {seed: held for seed, held in self.seeds.items() if isinstance(held, Record)}

    @property
    def failures(self) -> list[Failure]:
        return [held for held in self.seeds.values() if isinstance(held, Failure)]


def check(
    baseline: Path,
    results: Path,
    tolerance: Tolerance | None = None,
    selection: Selection | None = None,
) -> tuple[Checked, ...]:
    """Compare results with a baseline, method by method and task by task.

    Raises:
        UsageError: the results are missing, or are the baseline itself; or the selection names a
            method or task that the baseline does not have.
        RecordError: a file of either folder is damaged, or has a newer schema.
        NothingToDo: the baseline has no records.
    """
    check_folders(baseline, results)
    recorded = [result for result in read_all(baseline) if isinstance(result, Record)]
    if not recorded:
        raise NothingToDo(
            f"there are no records in {baseline / 'records'}; copy those of {results}: oneshot "
            f"check --baseline {baseline} --results {results} --update"
        )
    chosen = (selection or Selection()).of(recorded)
    before = _held(filter(chosen.takes, recorded))
    after = _held(filter(chosen.takes, read_all(results)))
    entries = {
        key: _entry(key, held, after.get(key, _Held()), results) for key, held in before.items()
    }
    scatters = _scatters(entries.values())
    tolerance = tolerance or Tolerance()
    checked = [
        _ambiguous(key, before[key], after.get(key, _Held()))
        or _checked(entry, scatters[entry.method], tolerance)
        for key, entry in entries.items()
    ]
    new = [_new(key, held) for key, held in after.items() if key not in before]
    return (*checked, *new)


def _entry(key: Key, before: _Held, after: _Held, results: Path) -> Entry:
    return Entry(
        question=key[0],
        method=key[1],
        before=before.records,
        after=after.seeds,
        results=results,
    )


def check_folders(baseline: Path, results: Path) -> None:
    """Raise UsageError if the results are missing, or are the baseline itself."""
    if not results.is_dir():
        raise UsageError(
            f"--results {results}: there is no such folder; make it: oneshot run --results "
            f"{results}"
        )
    if baseline.exists() and baseline.samefile(results):
        raise UsageError(
            f"--baseline and --results are both {results}, which always passes; name two folders"
        )


def _held(results: Iterable[Record | Failure]) -> dict[Key, _Held]:
    """Group results by task and method; a failure replaces the record of an earlier run."""
    found: dict[Key, _Held] = {}
    for result in results:
        key = question_of(result.identity), method_of(result.identity)
        held = found.setdefault(key, _Held())
        held.fingerprints.add(result.identity.dataset.fingerprint)
        if not isinstance(held.seeds.get(result.identity.seed), Failure):
            held.seeds[result.identity.seed] = result
    return found


def _scatters(entries: Iterable[Entry]) -> dict[MethodChoice, SeedScatter]:
    by_method: dict[MethodChoice, list[Entry]] = {}
    for entry in entries:
        by_method.setdefault(entry.method, []).append(entry)
    n_seeded = sum(any(entry.seeded for entry in of) for of in by_method.values())
    return {
        method: seed_scatter([entry.before for entry in of], max(1, n_seeded))
        for method, of in by_method.items()
    }


def _checked(entry: Entry, scatter: SeedScatter, tolerance: Tolerance) -> Checked:
    found = [answers(entry, scatter)]
    after = [entry.after.get(seed) for seed in entry.before]
    records = [record for record in after if isinstance(record, Record)]
    if found[0].mark in (Mark.PASSED, Mark.CHANGED, Mark.REGRESSED):
        found += costs(entry.before.values(), records, tolerance)
    return Checked(question=entry.question, method=entry.method, findings=tuple(found))


def _ambiguous(key: Key, before: _Held, after: _Held) -> Checked | None:
    """Refuse results of two datasets with one name, because either may be meant."""
    for where, held in (("baseline", before), ("results", after)):
        if len(held.fingerprints) > 1:
            text = (
                f"two datasets of the {where} are called {key[0].dataset}; keep the records of one"
            )
            return _alone(key, Mark.NOT_COMPARABLE, text)
    return None


def _new(key: Key, held: _Held) -> Checked:
    """Name a result that the baseline does not have: nothing says yet what is right."""
    if held.failures:
        return _alone(key, Mark.FAILED, f"failed: {held.failures[0].reason}")
    return _alone(key, Mark.NEW, "not in the baseline; --update adds it")


def _alone(key: Key, mark: Mark, text: str) -> Checked:
    found = Finding(aspect="answers", mark=mark, text=text)
    return Checked(question=key[0], method=key[1], findings=(found,))
