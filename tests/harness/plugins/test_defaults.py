from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from harness.plugins import defaults
from harness.plugins.registry import Plugins
from harness.protocol.task import parse_tasks

ROOT = Path(__file__).parents[3]
ENTRY_POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
KINDS = {kind: tuple(ENTRY_POINTS[f"oneshot.{kind}s"]) for kind in ("method", "task", "dataset")}
NAMES = {name for names in KINDS.values() for name in names}
WORDS = {"random", "matching", "transfer", "across", "within", "sketch", "folder"}
"""Names that are English words as well: inside a sentence they name no plugin."""
SPELLED = "|".join(map(re.escape, sorted(NAMES - WORDS, key=len, reverse=True)))
NAMED = re.compile(rf"(?<![\w-])({SPELLED}|\w+-\d+w\d+s|({'|'.join(WORDS)})-sweep)(?![\w-])")


def names_in(text: str) -> set[str]:
    return {text} & NAMES | {match[0] for match in NAMED.finditer(text)}


def named_in(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each plugin or task that a string of some code names."""
    tree = ast.parse(source)
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)  # a docstring
        if isinstance(node, ast.Dict):  # JSON calls a folder by that key
            skipped |= {
                key for key in node.keys if isinstance(key, ast.Constant) and key.value == "folder"
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield from ((node.lineno, name) for name in names_in(node.value))


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        ('DATA = "omniglot"', "omniglot"),
        ('def load(name="sketch"): ...', "sketch"),
        ('PROTOCOLS = {"lake-400": 1}', "lake-400"),
        ('x = {"path": "folder"}', "folder"),
        ('x = y == "random"', "random"),
        ('help("as in --data omniglot:PATH")', "omniglot"),
        ('x = f"{a} -m l2-1nn {b}"', "l2-1nn"),
        ('x = "within-20w5s"', "within-20w5s"),
        ('x = ["across-sweep"]', "across-sweep"),
    ],
)
def test_a_planted_name_is_found(planted: str, name: str) -> None:
    assert list(named_in(planted)) == [(1, name)]


@pytest.mark.parametrize(
    "harmless",
    ['"""Loads omniglot."""', '{"folder": 1}', 'x = "no such folder"', 'x = "at random, across N"'],
)
def test_other_words_are_not(harmless: str) -> None:
    assert not list(named_in(harmless))


def test_no_other_file_names_a_dataset_task_or_method() -> None:
    own = Path(defaults.__file__)
    assert list(named_in(own.read_text()))
    found = {
        str(path.relative_to(ROOT)): named
        for path in (ROOT / "harness").rglob("*.py")
        if path != own and (named := list(named_in(path.read_text())))
    }
    assert not found


def test_no_template_does() -> None:
    for path in (ROOT / "harness").rglob("*.template"):
        assert not names_in(path.read_text()), path


def test_each_default_exists() -> None:
    assert {defaults.GUESSING, defaults.BASELINE, *defaults.COLOURED} <= set(KINDS["method"])
    datasets = {defaults.REAL_DATA, defaults.SYNTHETIC_DATA, defaults.PATH_DATA}
    assert datasets <= set(KINDS["dataset"])
    assert set(defaults.PRACTICE_FAMILIES) <= set(KINDS["task"])
    for task in (
        defaults.OFFICIAL_TASK, defaults.DRAWN_TASK, defaults.OTHER_TASK, defaults.SWEEP
    ):  # fmt: skip
        assert parse_tasks(task, KINDS["task"])
    swept = Plugins().method(defaults.SWEPT_METHOD).settings
    assert defaults.SWEPT_SETTING in {field.name for field in fields(swept)}
