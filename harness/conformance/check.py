"""What a check is, how one ends, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.conformance.faults import Nonconformance

if TYPE_CHECKING:
    from harness.conformance.method_under_test import Subject

Outcome = Literal["passed", "failed", "does not apply", "blocked"]
Hunt = Callable[["Subject"], None]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule that a method keeps, and how to find out.

    Attributes:
        name: what it is called wherever it is named.
        rule: what must hold, in a sentence.
        hunt: returns when the rule is kept, and raises Nonconformance, NotApplicable or Blocked.
        after: checks without which this one means nothing. Where one of them does not pass, its
            fault would show here as well, so this one is blocked.
    """

    name: str
    rule: str
    hunt: Hunt
    after: tuple[Check, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one check of one method ended.

    Attributes:
        method: the method, as it was named.
        check: the check's name.
        outcome: ``passed``, ``failed``, ``does not apply`` or ``blocked``.
        reason: why, in one line; nothing when it passed.
        fault: what was raised when it failed, with its traceback.
    """

    method: str
    check: str
    outcome: Outcome
    reason: str = ""
    fault: Nonconformance | None = field(default=None, compare=False, repr=False)


def check(*after: Check) -> Callable[[Hunt], Check]:
    """Make a check of a function: it is named like it, and its docstring begins with the rule."""

    def declare(hunt: Hunt) -> Check:
        rule = (hunt.__doc__ or "").partition("\n")[0]
        name = hunt.__name__.replace("_", "-")
        return Check(name=name, rule=rule, hunt=hunt, after=after)

    return declare
