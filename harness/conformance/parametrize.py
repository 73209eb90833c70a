"""The checks as tests of pytest's, one for each method and check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.conformance.catalogue import CHECKS, require_known
from harness.conformance.check import Check
from harness.conformance.episodes import small_dataset
from harness.conformance.examination import Examination
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import Subject
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
    """Return a mark that gives a test its argument ``check``, a function that makes one check.

    No method is imported before a check is called, and methods that are named together share one
    process, so name no two together that must not be in one, as those of TensorFlow and PyTorch.

    Args:
        methods: one or several, as on the command line.
        plugins: plugin files that may be needed.
        expected_failures: by the check's name, why it fails and may; when it passes, the test
            fails, so that the exception goes when its reason is gone.
        data: the dataset, of which a part is taken; ``sketch`` when not given.

    Raises:
        UsageError: an expected failure names no check.
    """
    import pytest

    expected = dict(expected_failures or {})
    require_known(expected)
    named = [methods] if isinstance(methods, str) else list(methods)
    files = tuple(Path(file) for file in plugins)
    parameters = []
    for method in named:
        lazy = _Lazy(method=method, plugins=files, data=data)
        for check in CHECKS:
            marks = []
            if check.name in expected:
                reason = expected[check.name]
                marks.append(pytest.mark.xfail(strict=True, raises=Nonconformance, reason=reason))
            call = Call(lazy=lazy, check=check)
            parameters.append(pytest.param(call, id=f"{method}-{check.name}", marks=marks))
    return pytest.mark.parametrize("check", parameters)


@dataclass(frozen=True, kw_only=True)
class _Lazy:
    """A method that is imported when its first check is made."""

    method: str
    plugins: tuple[Path, ...]
    data: str

    @cached_property
    def examination(self) -> Examination:
        dataset = None
        if self.data:
            dataset = small_dataset(load_dataset(self.data, Plugins(self.plugins)))
        return Examination(Subject(self.method, self.plugins, dataset))


@dataclass(frozen=True, kw_only=True)
class Call:
    """One check of one method, to be called by a test."""

    lazy: _Lazy
    check: Check

    def __call__(self) -> None:
        """Return when the check passes, skip where it says nothing, raise Nonconformance else."""
        import pytest

        __tracebackhide__ = True  # pytest then shows the test, and what the method raised
        result = self.lazy.examination.result(self.check)
        if result.fault is not None:
            raise Nonconformance(result.reason) from result.fault.__cause__
        if result.outcome != "passed":
            pytest.skip(f"{result.outcome}: {result.reason}")
