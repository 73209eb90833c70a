from __future__ import annotations

from pathlib import Path

import pytest

from harness import UsageError
from harness.errors import PluginError
from harness.plugins.names import (
    LONGEST,
    PEOPLE,
    check_package_name,
    check_plugin_name,
    module_name,
)

NO_PLUGIN_NAMES = [
    "Mine", "-mine", "my_method", "mine[a=1]", "mine@background", "a:b", "mine ", "", "é", "mine\n",
    7, None,
]  # fmt: skip


@pytest.mark.parametrize("name", ["mine", "1-nn", "a", "a--b-", "class"])
def test_a_plugins_name_is_lower_case_letters_digits_and_dashes(name: str) -> None:
    check_plugin_name("method", name, "origin")


@pytest.mark.parametrize("name", NO_PLUGIN_NAMES)
def test_another_name_is_refused_in_one_line(name: object) -> None:
    with pytest.raises(PluginError, match="digits and dashes with no dash first; rename") as error:
        check_plugin_name("task", name, "mine.py")
    assert str(error.value).startswith(f"mine.py: the task name {name!r} is not made of")
    assert "\n" not in str(error.value)


def test_people_are_no_method_of_a_plugin() -> None:
    with pytest.raises(PluginError, match="human is the method of people's records; rename it"):
        check_plugin_name("method", PEOPLE, "mine.py")
    check_plugin_name("task", PEOPLE, "mine.py")


@pytest.mark.parametrize("name", ["wobbly", "wobbly-grid", "a", "x2-y3-z", "w" * LONGEST])
def test_a_packages_name_is_a_module_and_a_plugin_too(name: str) -> None:
    check_package_name(name, ["l2-1nn"])
    check_plugin_name("method", name, "origin")
    assert module_name(name).isidentifier()


@pytest.mark.parametrize(
    "name",
    [
        "Wobbly_Grid", "wobbly--grid", "-wobbly-", "3-wobbles", "wobbly.grid", "../wobbly",
        "w" * (LONGEST + 1), "gewackelt-für-alle", "wobbly\n", "", "42",
    ],
)  # fmt: skip
def test_a_packages_name_that_breaks_the_rule_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="lower-case letters, digits and single dashes") as error:
        check_package_name(name, [])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "it is a keyword of Python"),
        ("async", "it is a keyword of Python"),
        ("l2-1nn", "a method of that name exists"),
        ("human", "a method of that name exists"),
        ("oneshot-harness", "oneshot-harness is installed"),
        ("scikit-learn", "scikit-learn is installed"),
        ("json", "hide the module json"),
        ("winreg", "hide the module winreg"),  # on whatever system this is
        ("harness", "hide the module harness"),
        ("methods", "hide the module methods"),
        ("tasks", "hide the module tasks"),
        ("sklearn", "hide the module sklearn"),
        ("mpl-toolkits", "hide the module mpl_toolkits"),  # a package without __init__.py
    ],
)
def test_a_packages_name_that_exists_is_refused(name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=rf"^{name} is no name for a package: .*{reason}"):
        check_package_name(name, ["l2-1nn"])


def test_an_empty_folder_on_the_path_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "wobbly").mkdir()
    check_package_name("wobbly", [])
    (tmp_path / "wobbly" / "anything.py").touch()
    with pytest.raises(UsageError, match="hide the module wobbly"):
        check_package_name("wobbly", [])
