"""Suite files: TOML that names methods, settings, tasks and seeds; refused by line where wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from harness.errors import UsageError, did_you_mean
from harness.plugins.datasets import VALIDATION
from harness.running.resources import KEYS as RESOURCES
from harness.running.resources import Resources, amount
from harness.running.toml_lines import TOP, Lines, Table

LISTS: Mapping[str, type[Any]] = {"methods": str, "tasks": str, "seeds": int}
TOP_KEYS = ("data", *LISTS, "episodes", "grid", *RESOURCES)
GRID_KEYS = ("method", "settings", *RESOURCES)
SCALARS = (str, int, float, bool)
PUNCTUATION = ",[]"
"""What separates settings where a method is written with them."""
LEARNT_FROM = "@background"
_NAMES = {
    str: "a text in quotes",
    int: "a whole number from 0 up",
    list: "a list",
    dict: "a table of settings",
}
_EXAMPLES = {
    "data": 'data = "omniglot"',
    "methods": 'methods = ["l2-1nn"]',
    "tasks": 'tasks = ["across-20w1s"]',
    "seeds": "seeds = [0, 1, 2]",
    "episodes": "episodes = 400",
    "method": 'method = "lda-1nn"',
    "settings": "settings = { grid = [8, 10] }",
}
_FOLDER = Path(__file__).parent / "suites"
SUFFIX = ".toml"


@dataclass(frozen=True, kw_only=True)
class Suite:
    """What a suite's file says; the command line may replace any of it.

    Attributes:
        data: the dataset.
        methods: as ``NAME[key=value,...]``, each grid's combinations among them.
        tasks: as ``across-20w1s``.
        seeds: of methods that a seed changes.
        episodes: of each task; None for the task's own number.
        resources: what each job asks of its machine.
        own_resources: what jobs of some methods ask instead, by the method as written above.
        swept: those of the methods that come from grids, of which settings are chosen.
        named_at: file and line of each method and task, by how it is written above.
    """

    data: str
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: tuple[int, ...]
    episodes: int | None = None
    resources: Resources = Resources()
    own_resources: Mapping[str, Resources] = field(default_factory=dict)
    swept: tuple[str, ...] = ()
    named_at: Mapping[str, str] = field(default_factory=dict)


def parse_suite(text: str, name: str) -> Suite:
    """Read the content of a suite's file.

    Args:
        text: the content.
        name: what the file is called in errors.

    Raises:
        UsageError: it is no TOML, or a key is unknown, missing, twice there or of another type;
            told with the line.
    """
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:  # also a key that is given twice; has the line
        raise UsageError(f"{name}: {failure}; mend that line") from failure
    return _Reader(name, Lines(text)).suite(body)


class _Reader:
    """Turns a parsed file into a suite, and knows where each part stood."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name, self._lines = name, lines
        self._named_at: dict[str, str] = {}

    def suite(self, body: Mapping[str, Any]) -> Suite:
        self._known(body, TOP_KEYS, TOP)
        data = self._typed(body, "data", str, TOP)
        lists = {key: self._list(body, key, kind) for key, kind in LISTS.items()}
        episodes = self._typed(body, "episodes", int, TOP) if "episodes" in body else None
        if episodes is not None and episodes < 1:
            self._refuse(self._lines.key("episodes"), f"episodes = {episodes} is not 1 or more")
        for key in ("methods", "tasks"):
            for value in lists[key]:
                self._named_at[value] = self._at(self._lines.value(key, value))
        swept, own = self._grids(body)
        if swept:
            self._check_held_out(data, lists["tasks"])
        if not lists["methods"] and not swept:
            self._refuse(1, "it names no method; write methods = [...] or a [[grid]]")
        return Suite(
            data=data,
            methods=(*lists["methods"], *swept),
            tasks=lists["tasks"],
            seeds=lists["seeds"] or (0,),
            episodes=episodes,
            resources=self._resources(body, TOP),
            own_resources=own,
            swept=swept,
            named_at=self._named_at,
        )

    def _grids(self, body: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Resources]]:
        swept: list[str] = []
        own: dict[str, Resources] = {}
        grids = body.get("grid", [])
        if not isinstance(grids, list) or not all(isinstance(grid, dict) for grid in grids):
            self._refuse(self._lines.key("grid"), "a grid begins with [[grid]]")
        for number, grid in enumerate(grids):
            table = ("grid", number)
            self._known(grid, GRID_KEYS, table)
            asked = self._resources(grid, table)
            for method in self._combinations(grid, table):
                if method in self._named_at:
                    self._refuse(self._lines.table(table), f"{method} is named twice")
                self._named_at[method] = self._at(self._lines.table(table))
                swept.append(method)
                own[method] = asked
        return tuple(swept), own

    def _check_held_out(self, data: str, tasks: Iterable[str]) -> None:
        """Refuse to choose settings where they must not be chosen."""
        if not data.endswith(VALIDATION):
            self._refuse(
                self._lines.key("data"),
                f"a grid is there to choose settings, and never on the evaluation split: write "
                f'data = "{data}{VALIDATION}"',
            )
        for task in tasks:
            if task.endswith(LEARNT_FROM):
                self._refuse(
                    self._lines.value("tasks", task),
                    f"a grid is there to choose settings, and {task} asks about characters that "
                    f"were learnt from: write {task.removesuffix(LEARNT_FROM)}",
                )

    def _combinations(self, grid: Mapping[str, Any], table: Table) -> Iterable[str]:
        method = self._typed(grid, "method", str, table)
        settings = self._typed(grid, "settings", dict, table)
        if not settings:
            self._refuse(
                self._lines.key("settings", table),
                f"settings names none; write {_EXAMPLES['settings']}, or {method} under methods",
            )
        axes = [
            [f"{key}={value}" for value in self._axis(key, values, table)]
            for key, values in settings.items()
        ]
        for pairs in product(*axes):
            yield f"{method}[{','.join(pairs)}]"

    def _axis(self, key: str, values: Any, table: Table) -> list[str]:
        """Return one setting's values, spelled as on the command line."""
        if not key.isidentifier():
            self._refuse(self._lines.key(key, table), f"{key!r} is no setting's name")
        values = values if isinstance(values, list) else [values]
        if not values or not all(isinstance(value, SCALARS) for value in values):
            self._refuse(
                self._lines.key(key, table),
                f"{key} is not a value or a list of values, such as {key} = [1, 2]",
            )
        for value in values:
            if isinstance(value, str) and set(value) & set(PUNCTUATION):
                self._refuse(
                    self._lines.value(key, value, table),
                    f"{key} holds {value!r}, and one value has none of {PUNCTUATION}; write a list "
                    f"of values, such as {key} = [1, 2], and a key for each setting",
                )
        self._once(key, values, table)
        return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]

    def _known(self, body: Mapping[str, Any], known: Iterable[str], table: Table) -> None:
        for key in body:
            if key not in known:
                self._refuse(
                    self._lines.key(key, table),
                    f"no key is called {key}; {did_you_mean(key, known)}",
                )

    def _list(self, body: Mapping[str, Any], key: str, kind: type[Any]) -> tuple[Any, ...]:
        if key not in body and key != "tasks":
            return ()
        values = self._typed(body, key, list, TOP)
        for value in values:
            if type(value) is not kind or (kind is int and value < 0):
                self._refuse(
                    self._lines.value(key, value),
                    f"{key} holds {value!r}, which is not {_NAMES[kind]}",
                )
        self._once(key, values, TOP)
        if key == "tasks" and not values:
            self._refuse(self._lines.key(key), f"tasks names none; write {_EXAMPLES[key]}")
        return tuple(values)

    def _once(self, key: str, values: list[Any], table: Table) -> None:
        spelled = [repr(value) for value in values]
        for value, spelling in zip(values, spelled, strict=True):
            if spelled.count(spelling) > 1:
                self._refuse(
                    self._lines.value(key, value, table), f"{key} holds {value} twice; once will do"
                )

    def _typed(self, body: Mapping[str, Any], key: str, kind: type, table: Table) -> Any:
        if key not in body:
            self._refuse(self._lines.table(table), f"{key} is missing; write {_EXAMPLES[key]}")
        if type(body[key]) is not kind:
            self._refuse(
                self._lines.key(key, table),
                f"{key} = {body[key]!r} is not {_NAMES[kind]}; write {_EXAMPLES[key]}",
            )
        return body[key]

    def _resources(self, body: Mapping[str, Any], table: Table) -> Resources:
        found = {}
        for key in RESOURCES:
            if key in body:
                try:
                    found[key] = amount(key, body[key])
                except UsageError as refusal:
                    self._refuse(self._lines.key(key, table), str(refusal))
        return Resources(**found)

    def _at(self, line: int) -> str:
        return f"{self._name}, line {line}"

    def _refuse(self, line: int, what: str) -> Any:
        raise UsageError(f"{self._at(line)}: {what}")


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites."""
    return tuple(sorted(file.stem for file in _FOLDER.glob(f"*{SUFFIX}")))


def load_suite(name: str) -> Suite:
    """Read a suite by name, or from a file whose name ends in ``.toml``.

    Raises:
        UsageError: there is none of that name, or its file is wrong; told with the line.
    """
    if name.endswith(SUFFIX):
        return parse_suite(_content(Path(name)), name)
    if name not in suite_names():
        raise UsageError(
            f"no suite is called {name}; {did_you_mean(name, suite_names())}, or a file that ends "
            f"in {SUFFIX}"
        )
    return parse_suite(_content(_FOLDER / f"{name}{SUFFIX}"), f"{name}{SUFFIX}")


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise UsageError(
            f"suite {file} cannot be read ({getattr(failure, 'strerror', None) or failure}); name "
            "one of oneshot list, or a file"
        ) from failure
