from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable
from glob import glob
from pathlib import Path

import pytest

from harness import UsageError
from harness.plugins.names import LONGEST
from harness.plugins.package_template import SUFFIX, TEMPLATES, render, write_package

ROOT = Path(__file__).parents[3]
NAMES = ("wobbly", "wobbly-grid", "w" * LONGEST)


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_package_is_written_whole(tmp_path: Path) -> None:
    written = write_package("wobbly-grid", tmp_path)
    folder = tmp_path / "wobbly-grid"
    assert files_of(folder) == {str(path.relative_to(folder)) for path in written}
    assert files_of(folder) == {
        ".github/workflows/ci.yml",
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "tests/test_wobbly_grid.py",
        "wobbly_grid.py",
    }
    assert list(tmp_path.iterdir()) == [folder]
    (tmp_path / "plain").mkdir()
    assert folder.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "wobbly").mkdir()
    write_package("wobbly", tmp_path)
    assert "wobbly.py" in files_of(tmp_path / "wobbly")
    assert [path.name for path in tmp_path.iterdir()] == ["wobbly"]


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wobbly").mkdir()
    (tmp_path / "wobbly" / ".hidden").write_text("mine")
    with pytest.raises(UsageError, match="wobbly exists and is not empty"):
        write_package("wobbly", tmp_path)
    assert files_of(tmp_path) == {"wobbly/.hidden"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wobbly").write_text("mine")
    with pytest.raises(UsageError, match="wobbly is a file"):
        write_package("wobbly", tmp_path)
    assert files_of(tmp_path) == {"wobbly"}


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: there is no such folder; make it first"):
        write_package("wobbly", tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_would_do_harm_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a method of that name"):
        write_package("l2-1nn", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_is_cut_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    write = Path.write_text

    def until_the_readme(path: Path, *args: str, **options: str) -> int:
        if path.name == "README.md":
            raise failure
        return write(path, *args, **options)

    monkeypatch.setattr(Path, "write_text", until_the_readme)
    expected = UsageError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as error:
        write_package("wobbly", tmp_path)
    if isinstance(failure, OSError):
        assert "it cannot be written (No space left on device); name another" in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_name_stands_where_it_belongs(name: str) -> None:
    files = {str(path): text for path, text in render(name).items()}
    project = tomllib.loads(files["pyproject.toml"])
    module = name.replace("-", "_")
    assert project["project"]["name"] == name
    assert project["project"]["entry-points"] == {"oneshot.methods": {name: module}}
    assert project["tool"]["setuptools"] == {"py-modules": [module]}
    assert project["tool"]["pytest"]["ini_options"]["filterwarnings"] == ["error"]
    for path, text in files.items():
        assert not re.search(r"\$(name|module|version)", path + text)
        if path.endswith(".py"):
            ast.parse(text)
    targets = re.findall(r"\]\(([^)]+)\)", files["README.md"])
    assert targets and set(targets) <= set(files)


def test_the_workflow_reads_as_yaml() -> None:
    workflow = render("wobbly")[Path(".github/workflows/ci.yml")]
    lines = [line for line in workflow.splitlines() if line.split("#")[0].strip()]
    assert [line for line in lines if line[0] != " "] == [
        "name: ci",
        "on: [push, pull_request]",
        "permissions:",
        "env:",
        "jobs:",
    ]
    for line in lines:
        text = line.lstrip()
        assert "\t" not in line and (len(line) - len(text)) % 2 == 0, line
        # a key alone, or a key and one plain value in which nothing means something to YAML
        assert re.fullmatch(r'(- )?[\w-]+:( ("[^"]*"|\[[\w, ]+\]|[\w$][^#]*))?', text), line
        assert ": " not in text.partition(": ")[2], line
    assert "ONESHOT_HARNESS: ${{ vars.ONESHOT_HARNESS }}" in workflow
    assert 'cat results/leaderboard.md >> "$GITHUB_STEP_SUMMARY"' in workflow


@pytest.mark.parametrize("name", NAMES)
def test_ruff_finds_nothing(name: str, tmp_path: Path) -> None:
    write_package(name, tmp_path)
    for command in (["check"], ["format", "--check"]):
        ended = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", ROOT / "pyproject.toml", "."],
            capture_output=True, text=True, cwd=tmp_path / name,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_template_is_installed_with_the_harness() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["harness"]
    # as setuptools reads them: a star stands for no dot at a name's beginning
    packed = {
        ROOT / "harness" / path
        for pattern in patterns
        for path in glob(pattern, root_dir=ROOT / "harness", recursive=True)
    }
    templates = {path for path in TEMPLATES.rglob("*") if path.is_file()}
    assert len(templates) == 6
    assert templates <= packed
    assert all(path.name.endswith(SUFFIX) for path in templates)


Python = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def fresh(tmp_path: Path) -> Python:
    """A function that runs Python in a new environment, which sees what this one has installed."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    paths = {"base": str(tmp_path / "venv"), "platbase": str(tmp_path / "venv")}
    there = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    here = sysconfig.get_path("purelib")
    # not a path alone: an editable install stands in .pth files of its own
    (there / "this.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    python = next((tmp_path / "venv").glob("*/python"))

    def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [python, *arguments], capture_output=True, text=True, cwd=cwd,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended

    return run


PIP = ("-W", "default", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")


@pytest.mark.timeout(600)
def test_a_new_package_works_in_a_fresh_environment(fresh: Python, tmp_path: Path) -> None:
    write_package("wobbly-grid", tmp_path)
    package = tmp_path / "wobbly-grid"
    fresh(*PIP, "--no-index", "--no-deps", "--no-build-isolation", ".", cwd=package)

    listed = fresh("-m", "harness", "list", "wobbly-grid", cwd=tmp_path).stdout
    assert re.search(r"^  cells=10 +of the grid, along each side$", listed, re.MULTILINE)
    fresh("-m", "harness", "validate", "wobbly-grid", cwd=tmp_path)
    assert "passed" in fresh("-m", "pytest", "-q", cwd=package).stdout

    run = ("run", "-m", "wobbly-grid", "-m", "l2-1nn", "-t", "across-20w1s", "--data", "sketch")
    fresh("-m", "harness", *run, "--episodes", "100", cwd=tmp_path)
    fresh("-m", "harness", "report", cwd=tmp_path)
    with (tmp_path / "results" / "leaderboard.csv").open(newline="") as file:
        accuracy = {row["method"]: float(row["accuracy"]) for row in csv.DictReader(file)}
    assert accuracy["wobbly-grid"] > accuracy["l2-1nn"] + 20
    assert "wobbly-grid" in (tmp_path / "results" / "leaderboard.md").read_text()
