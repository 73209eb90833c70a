"""From two results folders to what was found."""

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
    """What a folder holds of one method on one task: by seed, and of which pixels."""

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
    """Hold results against a baseline, method by method and task by task.

    Raises:
        UsageError: the results are not there, or are the baseline itself; or the selection names
            what the baseline does not have.
        RecordError: a file of either is damaged, or of a newer schema.
        NothingToDo: the baseline has no records.
    """
    check_folders(baseline, results)
    recorded = [result for result in read_all(baseline) if isinstance(result, Record)]
    if not recorded:
        raise NothingToDo(
            f"there are no records to hold anything against in {baseline / 'records'}; take "
            f"those of {results}: oneshot check --baseline {baseline} --results {results} --update"
        )
    chosen = (selection or Selection()).of(recorded)
    before = _held(filter(chosen.takes, recorded))
    after = _held(filter(chosen.takes, read_all(results)))
    entries = {
        key: Entry(
            question=key[0],
            method=key[1],
            before=held.records,
            after=after.get(key, _Held()).seeds,
            results=results,
        )
        for key, held in before.items()
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


def check_folders(baseline: Path, results: Path) -> None:
    """Raise UsageError unless there are results, and they are not the baseline itself."""
    if not results.is_dir():
        raise UsageError(
            f"--results {results}: there is no such folder; make it: oneshot run --results "
            f"{results}"
        )
    if baseline.exists() and baseline.samefile(results):
        raise UsageError(
            f"--baseline and --results are both {results}, which passes in any case; name two"
        )


def _held(results: Iterable[Record | Failure]) -> dict[Key, _Held]:
    """Return what is held; where a run failed, the failure and not an older record."""
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
    """Refuse two datasets under one name: nobody can tell which is meant."""
    for where, held in (("baseline", before), ("results", after)):
        if len(held.fingerprints) > 1:
            text = f"the {where} hold records of two datasets called {key[0].dataset}; keep one's"
            return _alone(key, Mark.NOT_COMPARABLE, text)
    return None


def _new(key: Key, held: _Held) -> Checked:
    """Name what the baseline does not have: nobody has said yet how it should be."""
    if held.failures:
        return _alone(key, Mark.FAILED, f"failed: {held.failures[0].reason}")
    return _alone(key, Mark.NEW, "not in the baseline; --update takes it in")


def _alone(key: Key, mark: Mark, text: str) -> Checked:
    found = Finding(aspect="answers", mark=mark, text=text)
    return Checked(question=key[0], method=key[1], findings=(found,))
