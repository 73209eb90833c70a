"""The command that measures methods in the table of the leaderboard in which a round stands."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.human.same_trials import MethodOnTrials, SameTrials
from harness.plugins.registry import PEOPLE
from harness.records.record import Identity
from harness.running.suite import load_suite

_USUAL = "baseline"
"""A suite of methods that take a minute at most: they are offered where nothing was measured."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where methods are measured: as the command of the round was told.

    Attributes:
        data: the dataset as written on the command line.
        results: the results folder.
        plugins: plugin files.
    """

    data: str
    results: Path
    plugins: tuple[Path, ...] = ()


def run_command(
    identity: Identity, others: SameTrials, known: Collection[str], where: Where
) -> str | None:
    """Return the command that puts methods into the table of a round; None if they stand there.

    Args:
        identity: of the round.
        others: who else answered its trials: those of them are named that are not in its table.
        known: names of the methods that can be measured here.
        where: what else the command has to say.
    """
    methods = [each for each in others.methods if each.variant.method.name != PEOPLE]
    missing = _missing(methods, known)
    if not missing and any(each.in_table for each in methods):
        return None
    words = ["oneshot", "run"]
    words += _each("-m", missing or load_suite(_USUAL).methods)
    words += ["-t", identity.task]
    if identity.n_episodes is not None:
        words += ["--episodes", str(identity.n_episodes)]
    words += ["--data", where.data, "--results", str(where.results)]
    return shlex.join([*words, *_each("--plugin", map(str, where.plugins))])


def _missing(methods: Sequence[MethodOnTrials], known: Collection[str]) -> list[str]:
    there = {each.variant.method for each in methods if each.in_table}
    named = dict.fromkeys(each.variant.method for each in methods)
    return [str(each) for each in named if each not in there and each.name in known]


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]
