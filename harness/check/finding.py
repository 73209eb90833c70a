"""What a check finds, aspect by aspect, and the exit code that this comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.protocol.settings import MethodChoice
from harness.records.repetitions import Question


class Mark(StrEnum):
    """How an aspect of a result stands to the baseline's, best first."""

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
"""Of marks that no check passes with; where there are several, that of the worst counts."""


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A trial that is answered otherwise than in the baseline.

    Attributes:
        episode: its number, from 0.
        query: the query's number in it, from 0.
        cluster: the alphabet or official run that it belongs to.
        before: the way that scored highest in the baseline, the first of a tie.
        after: the way that scores highest now.
        gain: the points that it earns now, less those that it earned.
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
    """How one aspect stands.

    Attributes:
        aspect: ``answers``, ``training``, ``scoring`` or ``memory``.
        mark: how it stands.
        text: what was found, what is allowed and what to do, in one line.
        flips: the trials that a method without randomness answers otherwise.
        ratio: of a cost to the baseline's; None where nothing can be said.
    """

    aspect: str
    mark: Mark
    text: str
    flips: tuple[Flip, ...] = ()
    ratio: float | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """All that was found about one method on one task.

    Attributes:
        question: the task, and on what.
        method: the method and its settings.
        findings: the answers first; costs follow where the answers could be compared.
    """

    question: Question
    method: MethodChoice
    findings: tuple[Finding, ...]

    def title(self, finding: Finding) -> str:
        """What heads a finding: how it stands, and of what."""
        return f"{finding.mark}: {self.method} on {self.question}, {finding.aspect}"

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that no check passes with."""
        return tuple(finding for finding in self.findings if finding.mark in EXIT_CODES)

    @property
    def mark(self) -> Mark:
        """The worst of its findings' marks."""
        return max((finding.mark for finding in self.findings), key=list(Mark).index)


def listed(flips: Iterable[Flip]) -> Iterator[str]:
    """Yield where trials flipped, a line for those that earn less, more, and as little as before.

    A trial is its episode, and its query after a dot where it is not the first.
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
    """Return 0 when nothing stands in the way, else the code of the worst that does."""
    marks = [each.mark for each in checked]
    return EXIT_CODES.get(max(marks, key=list(Mark).index), 0) if marks else 0
