from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import Dataset, UsageError
from harness.conformance import Subject, conform
from harness.conformance.check import Check, check
from harness.conformance.examination import Examination
from harness.errors import PluginError

Write = Callable[..., Path]

PLUGIN = """
import os
import sys

from harness import MethodSpec, hookimpl


class Far:
    def fit(self, background, training):
        if sys.argv[0].endswith("child.py"):
            {elsewhere}

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
    ("elsewhere", "reason"),
    [
        (
            "sys.exit('its last words')",
            "in another process: it ended with exit status 1: its last words",
        ),
        ("os._exit(7)", "in another process: it ended with exit status 7: it told nothing"),
        (
            "raise ValueError('none')",
            "in another process: fit failed: ValueError: none (my_plugin.py, line 11)",
        ),
    ],
)
def test_another_process_that_ends_early_fails_one_check(
    elsewhere: str, reason: str, tiny: Dataset, plugin_file: Write
) -> None:
    file = plugin_file(PLUGIN.replace("{elsewhere}", elsewhere))
    ended = {each.check: each for each in conform("far", (file,), tiny)}
    assert ended["two-processes"].outcome == "failed"
    assert ended["two-processes"].reason == reason
    for name in ("background-only", "seed-as-declared"):
        assert (ended[name].outcome, ended[name].reason) == ("blocked", "waits for two-processes")
    assert sum(each.outcome == "failed" for each in ended.values()) == 1


def test_what_a_method_prints_in_another_process_is_no_answer(
    tiny: Dataset, plugin_file: Write
) -> None:
    file = plugin_file(PLUGIN.replace("{elsewhere}", "print('fitting')"))
    ended = {each.check: each.outcome for each in conform("far", (file,), tiny)}
    assert ended["two-processes"] == "passed"


@check()
def ground(subject: Subject) -> None:
    """It is there."""
    raise AssertionError("a fault of the suite's own")


def test_a_fault_of_the_suite_is_not_the_methods(tiny: Dataset) -> None:
    with pytest.raises(AssertionError, match="the suite's own"):
        Examination(Subject("l2-1nn", dataset=tiny)).result(ground)


def test_a_check_is_made_once_and_is_named_like_its_function(tiny: Dataset) -> None:
    made = []

    @check()
    def first_of_all(subject: Subject) -> None:
        """This is its rule.

        This is not.
        """
        made.append("first")

    @check(first_of_all)
    def the_next(subject: Subject) -> None:
        """It comes after."""
        made.append("next")

    assert isinstance(first_of_all, Check)
    assert (first_of_all.name, first_of_all.rule) == ("first-of-all", "This is its rule.")
    examination = Examination(Subject("l2-1nn", dataset=tiny))
    for _ in range(2):
        assert examination.result(the_next).outcome == "passed"
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
def test_a_method_that_cannot_be_had_is_an_error(
    method: str, error: type[Exception], message: str, tmp_path: Path, tiny: Dataset
) -> None:
    plugins = [tmp_path / "far.py"] if error is PluginError else []
    with pytest.raises(error, match=message):
        conform(method, plugins, tiny)


def test_nothing_stays_behind(
    tiny: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    subject = Subject("random", dataset=tiny)
    list(Examination(subject))
    assert len(list(tmp_path.iterdir())) == 1
    del subject
    assert list(tmp_path.iterdir()) == []
