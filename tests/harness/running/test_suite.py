from __future__ import annotations

import pytest

from harness import UsageError
from harness.plugins.registry import Plugins
from harness.protocol.settings import configure, parse_method
from harness.protocol.task import parse_tasks
from harness.running.suite import load_suite, suite_names


@pytest.mark.parametrize("name", suite_names())
def test_a_suite_names_what_exists(name: str) -> None:
    suite, plugins = load_suite(name), Plugins()
    for text in suite.methods:
        choice = parse_method(text)
        configure(choice, plugins.get("method", choice.name).settings)
    assert all(parse_tasks(text, plugins.listed("task")) for text in suite.tasks)
    assert suite.data in plugins.listed("dataset")
    assert suite.seeds


def test_the_suites() -> None:
    assert suite_names() == ("baseline", "full", "quick", "tutorial")


def test_an_absent_suite_is_one_line() -> None:
    with pytest.raises(UsageError, match="did you mean full"):
        load_suite("fool")
