"""The checks as pytest tests, one for each method and check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.conformance.catalogue import CHECKS, require_known
from harness.conformance.check import Check
from harness.conformance.episodes import small_dataset
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.runner import CheckRunner
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins

if TYPE_CHECKING:
    import pytest


def parametrize_with_checks(
    methods: str | Sequence[str],
    *,
    plugins: Iterable[Path | str] = (),
    expected_failures: Mapping[str, str] | None = None,
    data: str = "",
) -> pytest.MarkDecorator:
    """Return a mark that passes a test the argument ``check``, a function that runs one check.

    No method is imported before a check is called. All methods share pytest's process, so do not
    name methods together that cannot share one, such as those of TensorFlow and PyTorch.

    Args:
        methods: one or several, as on the command line.
        plugins: plugin files to load.
        expected_failures: for the name of each check that may fail, the reason. If it passes, the
            test fails, so that an exception does not outlive its reason.
        data: the dataset to take a small part of. The default is ``sketch``.

    Raises:
        UsageError: there is no check of a name in ``expected_failures``.
    """
    import pytest

    expected = dict(expected_failures or {})
    require_known(expected)
    named = [methods] if isinstance(methods, str) else list(methods)
    files = tuple(Path(file) for file in plugins)
    parameters = []
    for method in named:
        # one for all checks of a method, so that it is fitted once
        lazy = _LazyChecks(method=method, plugins=files, data=data)
        for check in CHECKS:
            call = CheckCall(lazy=lazy, check=check)
            marks = _xfail(expected[check.name]) if check.name in expected else ()
            parameters.append(pytest.param(call, id=f"{method}-{check.name}", marks=marks))
    return pytest.mark.parametrize("check", parameters)


def _xfail(reason: str) -> pytest.MarkDecorator:
    import pytest

    # an error in a check is no Nonconformance, and must never count as expected
    return pytest.mark.xfail(strict=True, raises=Nonconformance, reason=reason)


@dataclass(frozen=True, kw_only=True)
class _LazyChecks:
    """The checks of a method that is imported when the first of them runs."""

    method: str
    plugins: tuple[Path, ...]
    data: str

    @cached_property
    def runner(self) -> CheckRunner:
        dataset = None
        if self.data:
            dataset = small_dataset(load_dataset(self.data, Plugins(self.plugins)))
        return CheckRunner(MethodUnderTest(self.method, self.plugins, dataset))


@dataclass(frozen=True, kw_only=True)
class CheckCall:
    """One check of one method, for a test to call."""

    lazy: _LazyChecks
    check: Check

    def __call__(self) -> None:
        """Return if the check passes, raise if it fails, else skip with the reason."""
        import pytest

        __tracebackhide__ = True  # keeps this frame out of pytest's traceback
        result = self.lazy.runner.result(self.check)
        if result.fault is not None:
            raise Nonconformance(result.reason) from result.fault.__cause__
        if result.outcome != "passed":
            pytest.skip(f"{result.outcome}: {result.reason}")
