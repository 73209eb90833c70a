"""The findings of a check, aspect by aspect, and their exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.protocol.settings import MethodChoice
from harness.records.repetitions import Question


class Mark(StrEnum):
    """The verdict on one aspect of a result, best first."""

    NOT_JUDGED = "not judged"
    PASSED = "passed"
    NEW = "new"
    NOT_COMPARABLE = "not comparable"
    MISSING = "missing"
    FAILED = "failed"
    CHANGED = "changed"
    REGRESSED = "regressed"


EXIT_CODES = {
    Mark.NOT_COMPARABLE: 4,
    Mark.MISSING: 4,
    Mark.FAILED: 3,
    Mark.CHANGED: 1,
    Mark.REGRESSED: 1,
}
"""The exit codes of marks that do not pass; of several, the worst mark decides."""


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A trial whose answer is not that of the baseline.

    Attributes:
        episode: the episode's number, from 0.
        query: the query's number in the episode, from 0.
        cluster: the group or official run of the trial.
        before: the way that scored highest in the baseline, the first of a tie.
        after: the way that scores highest now.
        gain: the points that the trial earns now minus those in the baseline.
    """

    episode: int
    query: int
    cluster: str
    before: int
    after: int
    gain: float

    def __str__(self) -> str:
        return f"{self.episode}.{self.query}" if self.query else f"{self.episode}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict on one aspect, with its reason.

    Attributes:
        aspect: ``answers``, ``training``, ``scoring`` or ``memory``.
        mark: the verdict.
        text: the value, the rule and the next step, in one line.
        flips: the changed trials of a method without randomness.
        ratio: the ratio of a cost to the baseline's; None if they are not compared.
    """

    aspect: str
    mark: Mark
    text: str
    flips: tuple[Flip, ...] = ()
    ratio: float | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The findings about one method on one task.

    Attributes:
        question: the task and its dataset.
        method: the method and its settings.
        findings: the answers first; costs follow where the answers could be compared.
    """

    question: Question
    method: MethodChoice
    findings: tuple[Finding, ...]

    def title(self, finding: Finding) -> str:
        """Return the heading of a finding: its mark, method, task and aspect."""
        return f"{finding.mark}: {self.method} on {self.question}, {finding.aspect}"

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that do not pass."""
        return tuple(finding for finding in self.findings if finding.mark in EXIT_CODES)

    @property
    def mark(self) -> Mark:
        """The worst of its findings' marks."""
        return max((finding.mark for finding in self.findings), key=list(Mark).index)


def listed(flips: Iterable[Flip]) -> Iterator[str]:
    """Yield the flipped trials: a line each for those that earn less, more and the same.

    A trial is shown as its episode's number, with the query's after a dot unless it is the first.
    """
    flips = list(flips)
    for what, chosen in (
        ("worse", [flip for flip in flips if flip.gain < 0]),
        ("better", [flip for flip in flips if flip.gain > 0]),
        ("other answers that earn the same", [flip for flip in flips if flip.gain == 0]),
    ):
        if chosen:
            yield f"{what} ({len(chosen)}): episodes {', '.join(map(str, chosen))}"


def exit_code(checked: Iterable[Checked]) -> int:
    """Return the exit code of the worst mark, 0 if everything passes."""
    marks = [each.mark for each in checked]
    return EXIT_CODES.get(max(marks, key=list(Mark).index), 0) if marks else 0
