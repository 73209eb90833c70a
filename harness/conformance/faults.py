"""The exceptions by which a check says that it did not pass."""

from __future__ import annotations

from harness.errors import MethodError


class Nonconformance(MethodError):
    """The method breaks a rule. The message says what it does, which rule, and where to look."""


class NotApplicable(Exception):
    """The rule does not apply to this method; the message says why."""


class Blocked(Exception):
    """The check cannot run until another check passes; the message names that check."""
