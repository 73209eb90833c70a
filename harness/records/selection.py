"""Choosing among records by the names of methods and tasks; a name that is not there is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import UsageError, did_you_mean
from harness.protocol.settings import MethodChoice, parse_method
from harness.records.record import Failure, Record
from harness.records.repetitions import method_of, read_task

SWEEP = "-sweep"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The methods and tasks that were named, as records spell them; None for all."""

    methods: frozenset[MethodChoice] | None
    tasks: frozenset[str] | None

    def takes(self, result: Record | Failure) -> bool:
        """Whether a result is one of them."""
        return (self.methods is None or method_of(result.identity) in self.methods) and (
            self.tasks is None or result.identity.task in self.tasks
        )


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was named on the command line; nothing for all.

    Attributes:
        methods: as ``NAME[key=value,...]``, the settings that differ from the defaults.
        tasks: as ``across-20w1s``; a sweep counts as its tasks.
    """

    methods: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()

    def of(self, recorded: Iterable[Record | Failure]) -> Chosen:
        """Find what was named among what is recorded.

        Raises:
            UsageError: a name that nothing recorded has.
        """
        recorded = list(recorded)
        methods = {method_of(result.identity) for result in recorded}
        tasks = {result.identity.task for result in recorded}
        return Chosen(
            methods=frozenset(_method(text, methods) for text in self.methods) or None,
            tasks=frozenset(task for text in self.tasks for task in _tasks(text, tasks)) or None,
        )


def _method(text: str, known: set[MethodChoice]) -> MethodChoice:
    asked = parse_method(text).in_order
    if asked not in known:
        hint = did_you_mean(text, map(str, known))
        raise UsageError(f"--method {text}: no record is of it; {hint}")
    return asked


def _tasks(text: str, known: set[str]) -> set[str]:
    if text in known:
        return {text}
    plain, _, split = text.partition("@")
    found = {name for name in known if plain.endswith(SWEEP) and _is_of(name, plain, split)}
    if not found:
        raise UsageError(f"--task {text}: no record is of it; {did_you_mean(text, known)}")
    return found


def _is_of(name: str, sweep: str, split: str) -> bool:
    task = read_task(name)
    return (task.family + SWEEP, task.n_shot, task.split) == (sweep, 1, split or "evaluation")
