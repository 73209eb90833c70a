"""Suite files: TOML; an error names the path of its key, as ``grid[1].settings.steps = []``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NoReturn, TypeVar

from harness.errors import UsageError, did_you_mean
from harness.plugins.datasets import default_data
from harness.plugins.defaults import BASELINE, DRAWN_TASK, REAL_DATA, SWEPT_METHOD, SWEPT_SETTING
from harness.running.resources import KEYS as RESOURCES
from harness.running.resources import Resources, amount
from harness.running.suite import Overrides, Suite, check_held_out, check_not_learnt_from
from harness.running.suites import FOLDER, SUFFIX, suite_names

T = TypeVar("T")
TOP_KEYS = ("data", "methods", "tasks", "seeds", "episodes", "grid", *RESOURCES)
GRID_KEYS = ("method", "settings", *RESOURCES)
SCALARS = (str, int, float, bool)
PUNCTUATION = ",[]"
"""Separates settings where a method is written with them."""
LONGEST = 60
"""Characters of a wrong value that an error shows."""
_KINDS = {
    str: "a text in quotes",
    int: "a whole number from 0 up",
    list: "a list",
    dict: "a table of settings",
}
_EXAMPLES = {
    "data": f'data = "{REAL_DATA}"',
    "methods": f'methods = ["{BASELINE}"]',
    "tasks": f'tasks = ["{DRAWN_TASK}"]',
    "seeds": "seeds = [0, 1, 2]",
    "episodes": "episodes = 400",
    "method": f'method = "{SWEPT_METHOD}"',
    "settings": f"settings = {{ {SWEPT_SETTING} = [8, 10] }}",
}


def requested_suite(name: str | None, overrides: Overrides) -> Suite:
    """Return the suite that is named; an empty one, or quick, where none is.

    Raises:
        UsageError: there is none of that name, or its file is wrong.
    """
    if name is None and not overrides.methods and not overrides.tasks:
        name = "quick"
    return Suite(data=default_data()) if name is None else load_suite(name)


def load_suite(name: str) -> Suite:
    """Read a suite by name, or from a file whose name ends in ``.toml``.

    Raises:
        UsageError: there is none of that name, or its file is wrong.
    """
    if name.endswith(SUFFIX):
        return parse_suite(_content(Path(name)), name)
    if name not in suite_names():
        raise UsageError(
            f"no suite is called {name}; {did_you_mean(name, suite_names())}, or a file that ends "
            f"in {SUFFIX}"
        )
    return parse_suite(_content(FOLDER / f"{name}{SUFFIX}"), f"{name}{SUFFIX}")


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise UsageError(
            f"suite {file} cannot be read ({getattr(failure, 'strerror', None) or failure}); name "
            "one of oneshot list, or a file"
        ) from failure


def parse_suite(text: str, name: str) -> Suite:
    """Read the content of a suite file.

    Args:
        text: the content.
        name: the name of the file in errors.

    Raises:
        UsageError: it is no TOML, or a key is unknown, missing, listed twice or of another type.
    """
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:  # also for a key that is given twice
        raise UsageError(f"{name}: {failure}; correct that line") from failure
    top = _Table(file=name, prefix="", body=body)
    top.check_keys(TOP_KEYS)
    data, tasks = top.value("data", str), top.items("tasks", str)
    if not tasks:
        top.refuse("tasks", f"no task is listed; write {_EXAMPLES['tasks']}")
    methods = top.items("methods", str) if "methods" in body else []
    named_at = {value: top.where(f"methods[{n}]") for n, value in enumerate(methods)}
    swept, own_resources = _grids(top, named_at)
    if swept:
        check_held_out(top.where("data ="), data)
        for number, task in enumerate(tasks):
            check_not_learnt_from(top.where(f"tasks[{number}] ="), task)
    if not methods and not swept:
        raise UsageError(f"{name}: no method is named; write methods = [...] or a [[grid]]")
    return Suite(
        data=data,
        methods=(*methods, *swept),
        tasks=tuple(tasks),
        seeds=tuple(top.items("seeds", int) if "seeds" in body else ()) or (0,),
        episodes=_episodes(top),
        resources=_resources(top),
        own_resources=own_resources,
        swept=swept,
        named_at=named_at | {task: top.where(f"tasks[{n}]") for n, task in enumerate(tasks)},
    )


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A table of the file, which refuses what is wrong in it by the path of its key.

    Attributes:
        file: the file's name.
        prefix: the table's own path, with a dot at its end; empty at the top.
        body: its keys and values.
    """

    file: str
    prefix: str
    body: Mapping[str, object]

    def where(self, path: str) -> str:
        """Return what an error begins with: the file, and the path inside this table."""
        return f"{self.file}: {self.prefix}{path}"

    def refuse(self, key: str, why: str, *, item: int | None = None) -> NoReturn:
        """Raise the error of a key, or of one item of its list."""
        value = self.body[key]
        if item is not None and isinstance(value, list):
            key, value = f"{key}[{item}]", value[item]
        spelled = json.dumps(value, default=str, ensure_ascii=False)
        if len(spelled) > LONGEST:
            spelled = f"{spelled[:LONGEST]}…"
        raise UsageError(f"{self.where(key)} = {spelled}: {why}")

    def check_keys(self, known: Iterable[str]) -> None:
        for key in self.body:
            if key not in known:
                hint = did_you_mean(key, known)
                raise UsageError(f"{self.where(key)}: no key is called {key}; {hint}")

    def value(self, key: str, kind: type[T]) -> T:
        """Return the value of a key, which is of one type."""
        if key not in self.body:
            raise UsageError(f"{self.where(key)} is missing; write {_EXAMPLES[key]}")
        value = self.body[key]
        if type(value) is not kind:  # True is an int too
            self.refuse(key, f"it is not {_KINDS[kind]}; write {_EXAMPLES[key]}")
        return value

    def items(self, key: str, kind: type[T]) -> list[T]:
        """Return the items of a list, which are of one type, each listed once."""
        values = self.value(key, list)
        for number, value in enumerate(values):
            if type(value) is not kind or (isinstance(value, int) and value < 0):
                self.refuse(key, f"it is not {_KINDS[kind]}", item=number)
        self.check_once(key, values)
        return values

    def check_once(self, key: str, values: list[object]) -> None:
        # 1, 1.0 and true are equal, and three spellings
        spelled = [repr(value) for value in values]
        for number, spelling in enumerate(spelled):
            if spelling in spelled[:number]:
                self.refuse(key, "it is listed twice; once is enough", item=number)


def _grids(top: _Table, named_at: dict[str, str]) -> tuple[tuple[str, ...], dict[str, Resources]]:
    """Return the methods of all grids, and what their jobs request.

    Args:
        top: the file.
        named_at: where each method is named; the grids' are added.
    """
    own: dict[str, Resources] = {}
    grids = top.body.get("grid", [])
    if not isinstance(grids, list) or not all(isinstance(grid, dict) for grid in grids):
        top.refuse("grid", "a grid begins with [[grid]]")
    for number, body in enumerate(grids):
        grid = _Table(file=top.file, prefix=f"grid[{number}].", body=body)
        grid.check_keys(GRID_KEYS)
        resources = _resources(grid)
        for method in _combinations(grid):
            if method in named_at:
                raise UsageError(
                    f"{top.where(f'grid[{number}]')}: {method} is named twice; once is enough"
                )
            named_at[method] = top.where(f"grid[{number}]")
            own[method] = resources
    return tuple(own), own


def _combinations(grid: _Table) -> Iterator[str]:
    """Yield a grid's method with each combination of its settings."""
    method, settings = grid.value("method", str), grid.value("settings", dict)
    if not settings:
        grid.refuse(
            "settings",
            f"no setting is listed; write {_EXAMPLES['settings']}, or {method} under methods",
        )
    table = _Table(file=grid.file, prefix=f"{grid.prefix}settings.", body=settings)
    for pairs in product(*(_pairs(table, key) for key in settings)):
        yield f"{method}[{','.join(pairs)}]"


def _pairs(settings: _Table, key: str) -> list[str]:
    """Return one setting with each of its values, spelled as on the command line."""
    if not key.isidentifier():
        raise UsageError(f"{settings.where(repr(key))}: a setting's name has letters, digits and _")
    value = settings.body[key]
    values = value if isinstance(value, list) else [value]
    example = f"write {key} = [1, 2], and a key for each setting"
    if not values or not all(isinstance(each, SCALARS) for each in values):
        settings.refuse(key, f"it is not a value or a list of values; {example}")
    for number, each in enumerate(values):
        if isinstance(each, str) and set(each) & set(PUNCTUATION):
            settings.refuse(key, f"a value has none of {PUNCTUATION}; {example}", item=number)
    settings.check_once(key, values)
    return [f"{key}={str(v).lower() if isinstance(v, bool) else v}" for v in values]


def _episodes(top: _Table) -> int | None:
    if "episodes" not in top.body:
        return None
    episodes = top.value("episodes", int)
    if episodes < 1:
        top.refuse("episodes", f"it is not 1 or more; write {_EXAMPLES['episodes']}")
    return episodes


def _resources(table: _Table) -> Resources:
    found = {}
    for key in RESOURCES:
        if key in table.body:
            try:
                found[key] = amount(key, table.body[key])
            except UsageError as refusal:
                raise UsageError(f"{table.where('')}{refusal}") from refusal
    return Resources(**found)
