"""The answers of a method against its baseline: the same, or, if it is seeded, as accurate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.check.finding import Finding, Flip, Mark
from harness.check.scatter import SeedScatter
from harness.protocol.settings import MethodChoice
from harness.records.record import Failure, Record
from harness.records.repetitions import Question, incomparable

Results = Mapping[int, Record | Failure]
Records = Mapping[int, Record]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One method on one task, in the baseline and in the new results.

    Attributes:
        question: the task and its dataset.
        method: the method and its settings.
        before: the baseline's records, by seed.
        after: the new results, by seed; a failure if the last run failed.
        results: the folder of the new results.
    """

    question: Question
    method: MethodChoice
    before: Records
    after: Results
    results: Path

    @property
    def seeded(self) -> bool:
        """Whether the method was seeded in the baseline, or is now."""
        known = [*self.before.values(), *self.after.values()]
        return any(record.seeded for record in known if isinstance(record, Record))


def answers(entry: Entry, scatter: SeedScatter) -> Finding:
    """Compare the answers.

    Args:
        entry: the method on the task.
        scatter: how much the method's trainings in the baseline differ.
    """
    obstacle = _obstacle(entry)
    if obstacle is not None:
        return obstacle
    # only the baseline's seeds count: more of them would move the mean of a method that is the same
    after = {seed: entry.after[seed] for seed in entry.before}
    measured = {seed: record for seed, record in after.items() if isinstance(record, Record)}
    if not any(
        record.outcomes.differs(measured[seed].outcomes).any()
        for seed, record in entry.before.items()
    ):
        return _finding(Mark.PASSED, f"the same, {_percent(measured):.2f} %")
    if entry.seeded:
        return _trained(entry.before, measured, scatter)
    return _flipped(entry.before, measured)


def _obstacle(entry: Entry) -> Finding | None:
    """Return why nothing can be compared, which never passes; None if it can."""
    for seed, now in entry.after.items():
        if isinstance(now, Failure):
            return _finding(Mark.FAILED, f"seed {seed} failed: {now.reason}")
    lost = sorted(set(entry.before) - set(entry.after))
    if lost:
        return _finding(Mark.MISSING, _missing(entry, lost))
    records = [record for record in entry.after.values() if isinstance(record, Record)]
    if len({(record.source, str(record.configuration)) for record in records}) > 1:
        return _finding(
            Mark.NOT_COMPARABLE,
            "its seeds were measured with more than one version of its code; measure all of them "
            "with one version: --force",
        )
    for seed, before in entry.before.items():
        now = entry.after[seed]
        reason = incomparable(now, before) if isinstance(now, Record) else None
        if reason is not None:
            return _finding(Mark.NOT_COMPARABLE, f"{reason} in the baseline")
    return None


def _missing(entry: Entry, lost: list[int]) -> str:
    """Return which seeds are missing, and the command that measures them."""
    seeds, question = ",".join(map(str, lost)), entry.question
    known = [record for record in entry.after.values() if isinstance(record, Record)]
    if known and not any(record.seeded for record in known):
        return (
            f"no result of seed {seeds}, because the method is no longer seeded; update the "
            "baseline with --update, and delete its records of those seeds"
        )
    episodes = "" if question.n_episodes is None else f" --episodes {question.n_episodes}"
    return (
        f"no result of seed {seeds}, which the baseline has; measure it: oneshot run "
        f"-m '{entry.method}' -t {question.task} --data {question.dataset}{episodes} "
        f"--seeds {seeds} --results {entry.results}"
    )


def _flipped(before: Records, after: Records) -> Finding:
    """List the trials whose answers changed, of a method without randomness."""
    flips = tuple(flip for seed in before for flip in _flips(before[seed], after[seed]))
    n_better, n_worse = sum(f.gain > 0 for f in flips), sum(f.gain < 0 for f in flips)
    was, now = _percent(before), _percent(after)
    return _finding(
        Mark.REGRESSED if now < was else Mark.CHANGED,
        f"{len(flips)} changed ({n_worse} worse, {n_better} better), {was:.2f} % to "
        f"{now:.2f} %; the method is not random: find the cause, or accept it with --update",
        flips,
    )


def _flips(before: Record, after: Record) -> list[Flip]:
    gain = after.outcomes.credit - before.outcomes.credit
    return [
        Flip(
            episode=int(episode),
            query=int(query),
            cluster=before.clusters[before.cluster[episode]],
            before=int(before.outcomes.answer[episode, query]),
            after=int(after.outcomes.answer[episode, query]),
            gain=float(gain[episode, query]),
        )
        for episode, query in np.argwhere(before.outcomes.differs(after.outcomes))
    ]


def _trained(before: Records, after: Records, scatter: SeedScatter) -> Finding:
    """Judge a seeded method: its mean may fall as far as its own seeds allow."""
    was, now = _percent(before), _percent(after)
    change = f"{was:.2f} % to {now:.2f} %"
    if len(before) < 2:
        return _finding(
            Mark.NOT_COMPARABLE,
            f"{change}, and one training does not show how much the next may differ; give the "
            "baseline more seeds: --seeds 0-2, then --update",
        )
    allowed = scatter.allowed_fall(before, len(after))
    if was - now > allowed:
        return _finding(
            Mark.REGRESSED,
            f"{change}, a fall of {was - now:.2f}, and its {len(before)} seeds allow {allowed:.2f}",
        )
    return _finding(Mark.PASSED, f"{change}, may fall by {allowed:.2f}")


def _percent(records: Records) -> float:
    return float(np.mean([record.outcomes.percent for record in records.values()]))


def _finding(mark: Mark, text: str, flips: tuple[Flip, ...] = ()) -> Finding:
    return Finding(aspect="answers", mark=mark, text=text, flips=flips)
