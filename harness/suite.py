"""Suites: named sets of methods, tasks and seeds on one dataset, kept as TOML files here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError, did_you_mean

_FOLDER = Path(__file__).parent / "suites"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """What a suite's file says; the command line may replace any of it."""

    data: str
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: tuple[int, ...]
    episodes: int | None = None


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def load_suite(name: str) -> Suite:
    """Read a suite by name.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in suite_names():
        raise UsageError(f"no suite is called {name}; {did_you_mean(name, suite_names())}")
    body = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    lists = {key: tuple(body[key]) for key in ("methods", "tasks", "seeds")}
    return Suite(data=body["data"], episodes=body.get("episodes"), **lists)
