"""Runs the checks of a method: each once, and none before the checks that it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.conformance.catalogue import CHECKS
from harness.conformance.check import Check, CheckOutcome, CheckResult
from harness.conformance.faults import Blocked, Nonconformance, NotApplicable
from harness.conformance.method_under_test import MethodUnderTest
from harness.protocol.dataset import Dataset


class CheckRunner:
    """The checks of one method; each runs when its result is first requested."""

    def __init__(self, tested: MethodUnderTest) -> None:
        self.tested = tested
        self._results: dict[str, CheckResult] = {}

    def __iter__(self) -> Iterator[CheckResult]:
        """Yield the result of every check as soon as the check has run."""
        return (self.result(check) for check in CHECKS)

    def result(self, check: Check) -> CheckResult:
        """Return the result of a check; the checks that it depends on run first."""
        if check.name not in self._results:
            self._results[check.name] = self._blocked(check) or self._run(check)
        return self._results[check.name]

    def _blocked(self, check: Check) -> CheckResult | None:
        for earlier in check.after:
            result = self.result(earlier)
            if result.outcome == "failed":
                return self._make_result(check, "blocked", f"waits for {earlier.name}")
            if result.outcome == "blocked":  # name the check that failed first
                return self._make_result(check, "blocked", result.reason)
        return None

    def _run(self, check: Check) -> CheckResult:
        try:
            check.run(self.tested)
        except Nonconformance as fault:
            return self._make_result(check, "failed", str(fault), fault)
        except NotApplicable as why:
            return self._make_result(check, "does not apply", str(why))
        except Blocked as why:
            return self._make_result(check, "blocked", str(why))
        return self._make_result(check, "passed")

    def _make_result(
        self,
        check: Check,
        outcome: CheckOutcome,
        reason: str = "",
        fault: Nonconformance | None = None,
    ) -> CheckResult:
        return CheckResult(
            method=self.tested.method,
            check=check.name,
            outcome=outcome,
            reason=reason,
            fault=fault,
        )


def conform(
    method: str, plugins: Iterable[Path | str] = (), dataset: Dataset | None = None
) -> tuple[CheckResult, ...]:
    """Run every check of a method, and return the results.

    Args:
        method: as on the command line, ``NAME`` or ``NAME[key=value,...]``.
        plugins: plugin files to load.
        dataset: the data to fit on and to draw episodes from, used whole. The default is a small
            part of ``sketch``, a synthetic dataset.

    Raises:
        UsageError: there is no such method or setting, or a required package is not installed.
        PluginError: the plugin cannot be imported or is not valid.
        DataError: the dataset is too small.
    """
    return tuple(CheckRunner(MethodUnderTest(method, plugins, dataset)))
