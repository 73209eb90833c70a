"""Making checks: each once, and none whose ground is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.conformance.catalogue import CHECKS
from harness.conformance.check import Check, Outcome, Result
from harness.conformance.faults import Blocked, Nonconformance, NotApplicable
from harness.conformance.method_under_test import Subject
from harness.protocol.dataset import Dataset


class Examination:
    """The checks of one method, each made when its result is first asked for."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._results: dict[str, Result] = {}

    def __iter__(self) -> Iterator[Result]:
        """Yield the result of every check as soon as it is there."""
        return (self.result(check) for check in CHECKS)

    def result(self, check: Check) -> Result:
        """Return how a check ended, once those have been made that it rests on."""
        if check.name not in self._results:
            self._results[check.name] = self._blocked(check) or self._made(check)
        return self._results[check.name]

    def _blocked(self, check: Check) -> Result | None:
        for earlier in check.after:
            result = self.result(earlier)
            if result.outcome == "failed":
                return self._ended(check, "blocked", f"waits for {earlier.name}")
            if result.outcome == "blocked":
                return self._ended(check, "blocked", result.reason)
        return None

    def _made(self, check: Check) -> Result:
        try:
            check.hunt(self.subject)
        except Nonconformance as fault:
            return self._ended(check, "failed", str(fault), fault)
        except NotApplicable as why:
            return self._ended(check, "does not apply", str(why))
        except Blocked as why:
            return self._ended(check, "blocked", str(why))
        return self._ended(check, "passed")

    def _ended(
        self, check: Check, outcome: Outcome, reason: str = "", fault: Nonconformance | None = None
    ) -> Result:
        return Result(
            method=self.subject.method,
            check=check.name,
            outcome=outcome,
            reason=reason,
            fault=fault,
        )


def conform(
    method: str, plugins: Iterable[Path | str] = (), dataset: Dataset | None = None
) -> tuple[Result, ...]:
    """Make every check of a method, and return how each ended.

    Args:
        method: as on the command line, ``NAME`` or ``NAME[key=value,...]``.
        plugins: plugin files that may be needed.
        dataset: what it learns from and is asked about; when not given, a small part of
            ``sketch``, which a program draws.

    Raises:
        UsageError: no such method or setting, or what it needs is not installed.
        PluginError: its plugin cannot be imported or understood.
        DataError: the dataset is too small.
    """
    return tuple(Examination(Subject(method, plugins, dataset)))
