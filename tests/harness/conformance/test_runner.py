from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import Dataset, UsageError
from harness.conformance import MethodUnderTest, conform
from harness.conformance.check import Check, check
from harness.conformance.runner import CheckRunner
from harness.errors import PluginError

Write = Callable[..., Path]

PLUGIN = """
import os
import sys

from harness import MethodSpec, hookimpl


class Far:
    def fit(self, background, training):
        if sys.argv[0].endswith("second_process_main.py"):
            {in_second_process}

    def score(self, episodes):
        print("it prints")
        ink = episodes.pool.ink().reshape(len(episodes.pool), -1)
        query, support = ink[episodes.query], ink[episodes.support]
        return -(query[:, :, None, None] ^ support[:, None]).sum(axis=-1).min(axis=-1)


@hookimpl
def oneshot_method():
    return MethodSpec(name="far", build=lambda settings: Far())
"""


@pytest.mark.parametrize(
    ("in_second_process", "reason"),
    [
        (
            "sys.exit('its last words')",
            "in another process: it ended with exit status 1: its last words",
        ),
        ("os._exit(7)", "in another process: it ended with exit status 7: it printed nothing"),
        (
            "raise ValueError('none')",
            "in another process: fit failed: ValueError: none (my_plugin.py, line 11)",
        ),
    ],
)
def test_another_process_that_ends_early_fails_one_check(
    in_second_process: str, reason: str, tiny: Dataset, plugin_file: Write
) -> None:
    file = plugin_file(PLUGIN.replace("{in_second_process}", in_second_process))
    ended = {each.check: each for each in conform("far", (file,), tiny)}
    assert ended["two-processes"].outcome == "failed"
    assert ended["two-processes"].reason == reason
    for name in ("background-only", "seed-as-declared"):
        assert (ended[name].outcome, ended[name].reason) == ("blocked", "waits for two-processes")
    assert sum(each.outcome == "failed" for each in ended.values()) == 1


def test_output_of_the_second_process_is_not_its_report(tiny: Dataset, plugin_file: Write) -> None:
    file = plugin_file(PLUGIN.replace("{in_second_process}", "print('fitting')"))
    ended = {each.check: each.outcome for each in conform("far", (file,), tiny)}
    assert ended["two-processes"] == "passed"


@check()
def raises(tested: MethodUnderTest) -> None:
    """A rule."""
    raise AssertionError("an error in the check")


def test_an_error_in_a_check_is_no_fault_of_the_method(tiny: Dataset) -> None:
    with pytest.raises(AssertionError, match="error in the check"):
        CheckRunner(MethodUnderTest("l2-1nn", dataset=tiny)).result(raises)


def test_a_check_runs_once_and_is_named_after_its_function(tiny: Dataset) -> None:
    made = []

    @check()
    def first_of_all(tested: MethodUnderTest) -> None:
        """This is its rule.

        This is not.
        """
        made.append("first")

    @check(first_of_all)
    def the_next(tested: MethodUnderTest) -> None:
        """It runs after the first."""
        made.append("next")

    assert isinstance(first_of_all, Check)
    assert (first_of_all.name, first_of_all.rule) == ("first-of-all", "This is its rule.")
    runner = CheckRunner(MethodUnderTest("l2-1nn", dataset=tiny))
    for _ in range(2):
        assert runner.result(the_next).outcome == "passed"
    assert made == ["first", "next"]


@pytest.mark.parametrize(
    ("method", "error", "message"),
    [
        ("l2-2nn", UsageError, "did you mean l2-1nn"),
        ("l2-1nn[k=1]", UsageError, "l2-1nn has no setting k"),
        ("lda-1nn[sigma=x]", UsageError, "is not a value of type float"),
        ("far", PluginError, "there is no such file"),
    ],
)
def test_a_method_that_cannot_be_loaded_is_an_error(
    method: str, error: type[Exception], message: str, tmp_path: Path, tiny: Dataset
) -> None:
    plugins = [tmp_path / "far.py"] if error is PluginError else []
    with pytest.raises(error, match=message):
        conform(method, plugins, tiny)


def test_the_temporary_folder_is_removed(
    tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tested = MethodUnderTest("random", dataset=tiny)
    list(CheckRunner(tested))
    assert len(list(tmp_path.iterdir())) == 1
    del tested
    assert list(tmp_path.iterdir()) == []
