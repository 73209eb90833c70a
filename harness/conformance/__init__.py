"""Checks that a method keeps the rules: they hunt for wrong answers that look right.

``conform`` makes them all, ``parametrize_with_checks`` makes tests of them, and the command
``oneshot validate`` prints them. docs/conformance.md says what each is for.
"""

from harness.conformance.catalogue import CHECKS
from harness.conformance.check import Check, Result
from harness.conformance.episodes import small_dataset, small_episodes
from harness.conformance.examination import Examination, conform
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import Subject
from harness.conformance.parametrize import parametrize_with_checks

__all__ = [
    "CHECKS",
    "Check",
    "Examination",
    "Nonconformance",
    "Result",
    "Subject",
    "conform",
    "parametrize_with_checks",
    "small_dataset",
    "small_episodes",
]
