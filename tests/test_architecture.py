"""The house rules: which way imports point, and what start-up may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path for folder in ("harness", "tasks", "methods") for path in (ROOT / folder).rglob("*.py")
)
HEAVY = {
    "torch",
    "keras",
    "tensorflow",
    "sklearn",
    "scipy",
    "matplotlib",
    "rich",
    "PIL",
    "pooch",
    "jinja2",
    "plotly",
    "starlette",
    "uvicorn",
    "dask",
    "distributed",
}


def imported(path: Path, *, at_start: bool = False) -> set[str]:
    """The modules that a file imports, anywhere or only when it is itself imported."""
    tree = ast.parse(path.read_text())
    if at_start:
        nodes: list[ast.AST] = [node for node in tree.body]
        nodes += [inner for node in nodes if isinstance(node, ast.Try) for inner in node.body]
    else:
        nodes = list(ast.walk(tree))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def tops(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def is_plugin(path: Path) -> bool:
    return "@hookimpl" in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    allowed = {"harness": {"harness"}}.get(folder, {"harness", folder})
    assert tops(imported(path)) & {"harness", "tasks", "methods"} <= allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_libraries_are_imported_only_when_used(path: Path) -> None:
    assert not tops(imported(path, at_start=True)) & HEAVY


def test_tests_share_through_their_support_alone() -> None:
    """What is imported from a test goes when that test goes."""
    for path in (ROOT / "tests").rglob("*.py"):
        assert not [name for name in imported(path) if ".test_" in name], path


def test_the_harness_knows_no_framework() -> None:
    harness = [path for path in FILES if path.is_relative_to(ROOT / "harness")]
    assert not any(tops(imported(path)) & {"torch", "keras", "tensorflow"} for path in harness)


def test_methods_never_import_each_other() -> None:
    methods = {f"methods.{p.stem}" for p in FILES if p.parent.name == "methods" and is_plugin(p)}
    assert len(methods) >= 5
    for path in FILES:
        if path.parent.name == "methods":
            assert not imported(path) & methods


@pytest.mark.parametrize("command", [["--help"], ["list"], ["run", "--help"], ["--version"]])
def test_starting_loads_nothing_heavy(command: list[str]) -> None:
    script = (
        "import sys; from harness.commands.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=True
    )
    loaded = set(ended.stderr.split())
    assert "harness" in loaded
    assert not loaded & (HEAVY | {"methods", "tasks", "cattrs"})


def test_names_are_the_same_everywhere() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {group for group in project["entry-points"] if group.startswith("oneshot.")}
    assert groups == {"oneshot.methods", "oneshot.tasks", "oneshot.datasets"}
    for group in groups:
        for name, module in project["entry-points"][group].items():
            path = ROOT / (module.replace(".", "/") + ".py")
            assert path.stem.replace("_", "-") == name, f"{group}: {name} stands in {path}"
            assert is_plugin(path)
