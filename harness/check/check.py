"""From two results folders to what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.check.answers import Entry, answers
from harness.check.costs import Tolerance, costs
from harness.check.finding import Checked, Finding, Mark
from harness.errors import NothingToDo
from harness.records import Failure, Record
from harness.repetitions import Question, method_of, question
from harness.settings import MethodChoice
from harness.store import read_all

Key = tuple[Question, MethodChoice]
Found = dict[Key, dict[int, Record | Failure]]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which of the baseline's results are checked: those of the named, or all.

    Attributes:
        methods: with their settings as records have them.
        tasks: as records have them.
    """

    methods: tuple[MethodChoice, ...] = ()
    tasks: tuple[str, ...] = ()

    def takes(self, result: Record | Failure) -> bool:
        """Whether a result is one of them."""
        named = {(method.name, frozenset(method.pairs)) for method in self.methods}
        identity = result.identity
        return (not named or (identity.method, frozenset(identity.settings.items())) in named) and (
            not self.tasks or identity.task in self.tasks
        )


def check(
    baseline: Path,
    results: Path,
    tolerance: Tolerance | None = None,
    selection: Selection | None = None,
) -> tuple[Checked, ...]:
    """Hold results against a baseline, method by method and task by task.

    Raises:
        RecordError: a file of either is damaged, or of a newer schema.
        NothingToDo: the baseline has no records, or none of those selected.
    """
    selection = selection or Selection()
    before = _found(baseline, selection)
    measured = {key: _records(seeds) for key, seeds in before.items()}
    measured = {key: records for key, records in measured.items() if records}
    if not measured:
        raise NothingToDo(
            f"there are no records to hold anything against in {baseline / 'records'}; take "
            f"those of {results}: oneshot check --baseline {baseline} --results {results} --update"
        )
    after = _found(results, selection)
    entries = [
        Entry(question=key[0], method=key[1], before=records, after=after.get(key, {}))
        for key, records in measured.items()
    ]
    n_seeded = sum(entry.seeded for entry in entries)
    checked = [_checked(entry, n_seeded, tolerance or Tolerance()) for entry in entries]
    return (*checked, *_new(set(after) - set(measured), after))


def _found(folder: Path, selection: Selection) -> Found:
    """Return what a folder holds; where a run failed, the failure and not an older record."""
    found: Found = {}
    for result in filter(selection.takes, read_all(folder)):
        seeds = found.setdefault((question(result.identity), method_of(result.identity)), {})
        if not isinstance(seeds.get(result.identity.seed), Failure):
            seeds[result.identity.seed] = result
    return found


def _records(seeds: dict[int, Record | Failure]) -> dict[int, Record]:
    return {seed: result for seed, result in seeds.items() if isinstance(result, Record)}


def _checked(entry: Entry, n_seeded: int, tolerance: Tolerance) -> Checked:
    found = [answers(entry, n_seeded)]
    after = [entry.after.get(seed) for seed in entry.before]
    records = [record for record in after if isinstance(record, Record)]
    if found[0].mark in (Mark.PASSED, Mark.CHANGED, Mark.REGRESSED):
        found += costs(entry.before.values(), records, tolerance)
    return Checked(question=entry.question, method=entry.method, findings=tuple(found))


def _new(keys: Iterable[Key], after: Found) -> Iterator[Checked]:
    """Name what the baseline does not have: nobody has said yet how it should be."""
    for key in (key for key in after if key in set(keys)):
        failed = [result for result in after[key].values() if isinstance(result, Failure)]
        found = Finding(
            aspect="answers",
            mark=Mark.FAILED if failed else Mark.NEW,
            text=f"failed: {failed[0].reason}"
            if failed
            else "not in the baseline; --update takes it in",
        )
        yield Checked(question=key[0], method=key[1], findings=(found,))
