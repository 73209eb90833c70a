from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from harness.commands.cli import cli

PLUGIN = (
    Path(__file__).parents[3] / "docs" / "plugins.md"
).read_text().partition("# blobs.py\n")[2].partition("```")[0]  # fmt: skip

Oneshot = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def oneshot(tmp_path: Path) -> Oneshot:
    """A function that runs the command in an empty folder, with the dataset `blobs` there."""
    (tmp_path / "blobs.py").write_text(PLUGIN)

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "harness", *arguments],
            capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip

    return call


BLOBS = ("--plugin", "blobs.py", "--data", "blobs", "-t", "across-5w1s", "--episodes", "20")


def test_run_then_report(oneshot: Oneshot, tmp_path: Path) -> None:
    ran = oneshot("run", *BLOBS, "-m", "l2-1nn", "-m", "random", "--seeds", "0-1")
    assert ran.returncode == 0, ran.stderr
    assert "blobs (synthetic): 3 results to measure in 3 jobs" in ran.stderr
    assert "l2-1nn  seed 0" in ran.stderr
    assert len(list((tmp_path / "results" / "records").rglob("seed-*.json"))) == 3
    reported = oneshot("report")
    assert reported.returncode == 0, reported.stderr
    assert "l2-1nn" in (tmp_path / "results" / "leaderboard.csv").read_text()


def test_a_second_run_has_nothing_left(oneshot: Oneshot) -> None:
    for count in ("1 results to measure in 1 jobs, 0", "0 results to measure in 0 jobs, 1"):
        ran = oneshot("run", *BLOBS, "-m", "l2-1nn")
        assert ran.returncode == 0
        assert f"{count} recorded already" in ran.stderr


def test_json_is_json(oneshot: Oneshot) -> None:
    ran = oneshot("run", *BLOBS, "-m", "l2-1nn", "--json", "--quiet")
    (result,) = json.loads(ran.stdout)
    assert result["method"] == "l2-1nn"
    assert 0 <= result["accuracy"] <= 100
    assert ran.stderr == ""
    listing = json.loads(oneshot("list", "--json").stdout)
    assert {"l2-1nn", "random"} <= set(listing["methods"])
    assert {"across", "within", "lake-400"} <= set(listing["tasks"])
    assert {"omniglot", "sketch", "folder"} <= set(listing["datasets"])
    assert {"quick", "full"} <= set(listing["suites"])


def test_a_failing_method_ends_with_3(oneshot: Oneshot, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(
        "from harness import MethodSpec, from_embedding, hookimpl\n"
        "@hookimpl\n"
        "def oneshot_method():\n"
        "    return MethodSpec(name='bad', build=lambda s: from_embedding(lambda x: None))\n"
    )
    ran = oneshot("run", *BLOBS, "--plugin", "bad.py", "-m", "bad", "-m", "l2-1nn")
    assert ran.returncode == 3
    assert "bad  seed 0  FAILED: embed returned" in ran.stderr
    assert "details of bad: results/records/blobs" in ran.stderr
    assert "l2-1nn  seed 0  " in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run", "quik"), 2, "no suite is called quik; did you mean quick"),
        (("run", "-m", "l2-1nn"), 5, "no task was named; add --task"),
        (("run", "-t", "across-5w1s"), 5, "no method was named; add --method"),
        (("run", *BLOBS, "-m", "l3"), 2, "no method is called l3"),
        (("run", *BLOBS, "-m", "l2-1nn[k=3]"), 2, "l2-1nn has no setting k"),
        (("run", *BLOBS, "-m", "random", "--seeds", "x"), 2, "--seeds x: write numbers"),
        (("run", *BLOBS, "-m", "random", "-t", "within-9w1s"), 2, "has 5 classes"),
        (("run", *BLOBS, "-m", "random", "-t", "lake-400"), 2, "has no official runs"),
        (("run", "--data", "blob", "-m", "random", "-t", "across-5w1s"), 2, "no dataset is called"),
        (("list", "l2-2nn"), 2, "did you mean l2-1nn"),
        (("report", "--results", "nowhere"), 5, "nowhere"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    oneshot: Oneshot, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ended = oneshot(*arguments)
    assert ended.returncode == code, ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith("oneshot: ")
    assert message in line
    assert ended.stdout == ""


def test_every_command_is_found_under_its_name() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None and command.name == name
    assert cli.get_command(context, "lis") is None


def test_listing_imports_the_module_of_no_other_command() -> None:
    script = (
        "import sys; from harness.commands.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, "list"], capture_output=True, text=True, check=True
    )
    loaded = set(ended.stderr.split())
    assert "harness.commands.list" in loaded
    assert not loaded & {"numpy", "harness.commands.run", "harness.commands.human"}


def test_a_broken_plugin_leaves_help_alone(oneshot: Oneshot) -> None:
    assert oneshot("--help").returncode == 0
    assert "Exit codes" in oneshot("--help").stdout
