"""A check and its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from harness.conformance.faults import Nonconformance

if TYPE_CHECKING:
    from harness.conformance.method_under_test import MethodUnderTest

CheckOutcome = Literal["passed", "failed", "does not apply", "blocked"]
CheckFunction = Callable[["MethodUnderTest"], None]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule that a method must keep, and the function that tests it.

    Attributes:
        name: the name in results, in ``--expect`` and in expected failures.
        rule: the rule, in one sentence.
        run: returns if the method keeps the rule, and raises Nonconformance, NotApplicable or
            Blocked if not.
        after: the checks that must pass first. If one of them fails, this check would only show
            the same fault again, so it is blocked.
    """

    name: str
    rule: str
    run: CheckFunction
    after: tuple[Check, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """The result of one check of one method.

    Attributes:
        method: the method, with its settings.
        check: the check's name.
        outcome: ``passed``, ``failed``, ``does not apply`` or ``blocked``.
        reason: the reason in one line; empty if the check passed.
        fault: the exception of a failed check, with its traceback.
    """

    method: str
    check: str
    outcome: CheckOutcome
    reason: str = ""
    fault: Nonconformance | None = field(default=None, compare=False, repr=False)


def check(*after: Check) -> Callable[[CheckFunction], Check]:
    """Turn a function into a check: its name gives the name, its docstring's first line the rule.

    Args:
        after: the checks that must pass first.
    """

    def declare(function: CheckFunction) -> Check:
        rule = (function.__doc__ or "").partition("\n")[0]
        name = function.__name__.replace("_", "-")
        return Check(name=name, rule=rule, run=function, after=after)

    return declare
