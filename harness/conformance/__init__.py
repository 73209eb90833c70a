"""Conformance checks: they find methods whose scores look right and are wrong.

``conform`` runs all checks of a method, ``parametrize_with_checks`` turns them into pytest tests,
and ``oneshot validate`` prints their results. docs/conformance.md describes each check.
"""

from harness.conformance.catalogue import CHECKS
from harness.conformance.check import Check, CheckResult
from harness.conformance.episodes import small_dataset, small_episodes
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.parametrize import parametrize_with_checks
from harness.conformance.runner import CheckRunner, conform

__all__ = [
    "CHECKS",
    "Check",
    "CheckResult",
    "CheckRunner",
    "MethodUnderTest",
    "Nonconformance",
    "conform",
    "parametrize_with_checks",
    "small_dataset",
    "small_episodes",
]
