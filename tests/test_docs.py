"""The documentation is kept true: commands, options, hooks and examples."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from itertools import product
from pathlib import Path

import click
import pytest

from harness import Draw, EmbeddingMethod, MethodSpec, pytest_plugin
from harness.check.check import check
from harness.commands.cli import cli
from harness.plugins import hookspecs
from harness.plugins.package_template import render
from harness.plugins.registry import Plugins
from harness.records.record import Failure, Record
from harness.records.store import read_all
from harness.report.report import report
from harness.running.engine import LocalEngine
from harness.running.events import Event
from harness.running.plan import plan
from harness.running.request import Request
from harness.running.run import run
from harness.running.suite_file import load_suite

ROOT = Path(__file__).parent.parent
PLUGINS = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PLUGINS, re.DOTALL))
TESTS = {name: text for name, text in BLOCKS.items() if name.startswith("test_")}
EXAMPLES = {name: text for name, text in BLOCKS.items() if name not in TESTS}


def leaves(group: click.Group, prefix: str) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        spelled = f"{prefix} {name}"
        found |= (
            leaves(command, spelled) if isinstance(command, click.Group) else {spelled: command}
        )
    return found


COMMANDS = leaves(cli, "oneshot")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_exactly_its_options(name: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    match = re.search(rf"^## `{name}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert match, f"docs/commands.md has no section `{name}`"
    documented = set(re.findall(r"^\| `(--[\w-]+)", match[1], re.MULTILINE))
    existing = {
        option
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }
    assert documented == existing


def test_no_section_is_about_a_command_that_is_gone() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    sections = re.findall(r"^## `(oneshot(?: [a-z]+)+)", text, re.MULTILINE)
    assert sorted(sections) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_a_help_text(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


def test_every_hook_is_documented() -> None:
    hooks = [name for name in vars(hookspecs) if name.startswith("oneshot_")]
    assert sorted(re.findall(r"^## `(oneshot_\w+)`", PLUGINS, re.MULTILINE)) == sorted(hooks)
    for name in hooks:
        assert f"| `{name}()` |" in PLUGINS
        assert getattr(hookspecs, name).__doc__


def test_the_examples_run(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 6
    files = []
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text)
        files.append(tmp_path / name)
    request = Request(
        data="blobs",
        methods=("coarse", "pca", "ink[power=0.5]", "mask", "l2-1nn"),
        tasks=("repeated-3w1s", "across-5w1s"),
        n_episodes=300,
        results=tmp_path / "results",
        plugins=tuple(files),
    )
    told: list[Event] = []
    run(plan(request), LocalEngine(2, 120), request.results, told.append)
    assert [event for event in told if isinstance(event, Failure)] == []
    accuracy = {
        (r.identity.method, r.identity.task): r.outcomes.credit.mean()
        for r in told
        if isinstance(r, Record)
    }
    assert len(accuracy) == 10
    for method, chance_or_more in (
        ("coarse", 0.4),
        ("pca", 0.4),
        ("ink", 0.2),
        ("mask", 0.4),
    ):
        assert accuracy[method, "across-5w1s"] > chance_or_more


def test_the_tests_among_the_examples_pass(tmp_path: Path) -> None:
    assert set(TESTS) == {"test_coarse.py"}
    for name, text in BLOCKS.items():
        (tmp_path / name).write_text(text)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *TESTS],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout


def test_every_fixture_is_documented() -> None:
    fixtures = {name for name in vars(pytest_plugin) if name.startswith("oneshot_")}
    assert set(re.findall(r"^\| `(oneshot_\w+)` \|", PLUGINS, re.MULTILINE)) == fixtures


def test_what_oneshot_new_writes_is_documented() -> None:
    section = PLUGINS.partition("## A package of your own")[2].partition("\n## ")[0]
    files = {str(path) for path in render("wobbly-grid")} - {".gitignore"}
    assert set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)) == files


@pytest.mark.parametrize("spec", [MethodSpec, Draw])
def test_every_field_of_what_a_plugin_returns_is_documented(spec: type) -> None:
    for field in fields(spec):
        assert re.search(rf"^\| [^|]*`{field.name}`", PLUGINS, re.MULTILINE), field.name


def test_the_commands_beside_the_examples_name_what_is_there() -> None:
    commands = PLUGINS.partition("```sh\n")[2].partition("```")[0]
    assert set(re.findall(r"--plugin (\S+)", commands)) <= set(EXAMPLES)
    for words in re.findall(r"^oneshot (\w+) ([^#\n]*)", commands, re.MULTILINE):
        context = COMMANDS[f"oneshot {words[0]}"].make_context("oneshot", shlex.split(words[1]))
        assert context.params


def test_the_readmes_method_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    (text,) = re.findall(r"```python\n# my_method.py\n(.*?)```", readme, re.DOTALL)
    assert len([line for line in text.splitlines() if line.strip()]) <= 10
    (tmp_path / "my_method.py").write_text(text)
    from harness.plugins.registry import Plugins

    spec = Plugins((tmp_path / "my_method.py",)).method("coarse")
    import numpy as np

    method = spec.build(None)
    assert isinstance(method, EmbeddingMethod)
    assert method.embedder.embed(np.zeros((3, 105, 105), bool)).shape == (3, 441)


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def table_of(page: Path) -> list[str]:
    """The first table of methods against tasks on a page, without the marks of code."""
    table = re.search(r"^\| method \|.*?\n\n", page.read_text(), re.M | re.S)
    assert table is not None
    return table[0].replace("`", "").strip().splitlines()


def test_the_readmes_figures_are_the_leaderboards() -> None:
    readme = table_of(ROOT / "README.md")
    assert len(readme) >= 7
    assert readme == table_of(ROOT / "results" / "leaderboard.md")


def test_the_committed_baseline_is_what_its_suite_makes() -> None:
    suite = load_suite("baseline")
    records = list(read_all(ROOT / "results" / "baseline"))
    assert all(isinstance(record, Record) and not record.seeded for record in records)
    assert sorted((r.identity.method, r.identity.task) for r in records) == sorted(
        product(suite.methods, suite.tasks)
    )
    # and the leaderboard's rows are of the same answers
    checked = check(ROOT / "results" / "baseline", ROOT / "results")
    assert {f.mark for each in checked for f in each.findings if f.aspect == "answers"} <= {
        "passed", "new",
    }  # fmt: skip


def test_the_committed_results_hold_the_anchors() -> None:
    with (ROOT / "results" / "leaderboard.csv").open(newline="") as file:
        lake = {r["method"]: r["accuracy"] for r in csv.DictReader(file) if r["task"] == "lake-400"}
    assert (lake["l2-1nn"], lake["cosine-1nn"], lake["hausdorff-1nn"]) == (
        "19.00", "21.75", "61.25",
    )  # fmt: skip


def test_the_committed_report_is_made_from_the_committed_records(tmp_path: Path) -> None:
    for measured in ("records", "curves"):
        shutil.copytree(ROOT / "results" / measured, tmp_path / measured)
    report(tmp_path, Plugins())
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    made -= {Path("site/index.html")}  # generated, and never committed
    committed = {
        path.relative_to(ROOT / "results")
        for path in (ROOT / "results").rglob("*")
        if path.is_file()
    }
    committed = {path for path in committed if path.parts[0] != "site"}
    assert made == {path for path in committed if path.parts[0] != "baseline"}
    for name in made:
        assert (tmp_path / name).read_bytes() == (ROOT / "results" / name).read_bytes(), name
    assert sum((ROOT / "results" / path).stat().st_size for path in committed) < 20e6
