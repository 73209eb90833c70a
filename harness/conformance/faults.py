"""How a check ends when the rule does not hold, does not apply, or cannot be tried."""

from __future__ import annotations

from harness.errors import MethodError


class Nonconformance(MethodError):
    """A method that breaks a rule: what it does, which rule, and where to look."""


class NotApplicable(Exception):
    """The rule says nothing about this method; the message says why."""


class Blocked(Exception):
    """Nothing can be told before another check passes; the message names that one."""
