from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.commands.validate import validate, wrapped
from harness.conformance import CHECKS
from harness.errors import UsageError

FIRST_SHOT = """
from harness import MethodSpec, from_embedding, hookimpl

def first_shot(query, support):
    return -((query[:, :, None] - support[:, None, :, 0]) ** 2).mean(axis=-1)

@hookimpl
def oneshot_method():
    return MethodSpec(
        name="first-shot",
        build=lambda settings: from_embedding(lambda images: images.reshape(len(images), -1), first_shot),
    )
"""  # noqa: E501


@pytest.fixture
def first_shot(plugin_file: Callable[..., Path]) -> str:
    """A method that ignores all support images but the first: ``shot-order`` finds it."""
    return str(plugin_file(FIRST_SHOT))


@pytest.fixture(autouse=True)
def environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KERAS_BACKEND", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "before")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(validate, arguments, catch_exceptions=False, standalone_mode=False)


def test_every_check_is_a_line() -> None:
    answer = run("l2-1nn")
    assert answer.return_value == 0
    lines = answer.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [check.name for check in CHECKS]
    assert lines[-1] == f"passed: {len(CHECKS) - 2}, does not apply: 2"
    assert "l2-1nn on a small part of sketch (synthetic)" in answer.stderr


def test_a_fault_is_exit_code_3(first_shot: str) -> None:
    answer = run("first-shot", "--plugin", first_shot, "--quiet")
    assert answer.return_value == 3
    (line,) = answer.stdout.splitlines()
    assert line.startswith("shot-order") and "FAILED: scores change with the order of" in line


def test_a_fault_that_was_expected_is_none(first_shot: str) -> None:
    answer = run("first-shot", "--plugin", first_shot, "--expect", "shot-order")
    assert answer.return_value == 0
    assert "failed as expected: 1" in answer.stdout


def test_a_fault_that_was_expected_and_is_gone_is_one(first_shot: str) -> None:
    answer = run("l2-1nn", "--expect", "shot-order", "-q")
    assert answer.return_value == 3
    assert answer.stdout.split() == ["shot-order", "PASSED", "UNEXPECTEDLY"]


def test_json(first_shot: str) -> None:
    answer = run("first-shot", "--plugin", first_shot, "--json")
    body = {each["check"]: each for each in json.loads(answer.stdout)}
    assert list(body) == [check.name for check in CHECKS]
    assert body["shot-order"]["outcome"] == "failed" and body["shot-order"]["reason"]
    assert body["shape"] == {
        "method": "first-shot", "check": "shape", "outcome": "passed", "reason": "",
        "mark": "passed",
    }  # fmt: skip


def test_a_learned_method_says_how_often_it_is_fitted() -> None:
    assert "it learns, and is fitted 3 times" in run("random").stderr


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(UsageError, match="no check is called shot-ordr; did you mean shot-order"):
        run("l2-1nn", "--expect", "shot-ordr")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_method_that_cannot_be_built_fails_the_first_check(
    options: tuple[str, ...], plugin_file: Callable[..., Path]
) -> None:
    broken = FIRST_SHOT.replace(
        "lambda settings: ", "lambda settings: print('building') or 1 / 0 or "
    )
    answer = run("first-shot", "--plugin", str(plugin_file(broken)), *options)
    assert answer.return_value == 3
    reason = "build failed: ZeroDivisionError: division by zero"
    if options:
        body = {each["check"]: each for each in json.loads(answer.stdout)}
        assert body["shape"]["reason"].startswith(reason)
        assert body["class-order"]["reason"] == "waits for shape"
    else:
        assert f"shape                  FAILED: {reason}" in answer.stdout


def test_the_checks_that_wait_are_counted_by_the_check_they_wait_for(
    plugin_file: Callable[..., Path],
) -> None:
    broken = str(plugin_file(FIRST_SHOT.replace("lambda settings: ", "lambda settings: 1 / 0 or ")))
    lines = run("first-shot", "--plugin", broken).stdout.splitlines()
    assert lines[1:] == [
        f"{len(CHECKS) - 1} checks              blocked: waits for shape",
        f"failed: 1, blocked: {len(CHECKS) - 1}",
    ]


def test_a_long_reason_continues_in_its_column() -> None:
    line = "shape                  FAILED: build failed: division by zero (my-plugin.py, line 9)"
    assert wrapped(line, 60).split("\n") == [
        "shape                  FAILED: build failed: division by",
        "                       zero (my-plugin.py, line 9)",
    ]
    assert wrapped(line, 100) == line


def test_a_part_of_another_dataset() -> None:
    assert (
        "on a small part of sketch@validation"
        in run("l2-1nn", "--data", "sketch@validation").stderr
    )
