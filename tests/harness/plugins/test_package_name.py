from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from harness import UsageError
from harness.plugins import registry as plugins
from harness.plugins.package_name import LONGEST, check_package_name, module_name


@pytest.mark.parametrize("name", ["wobbly", "wobbly-grid", "a", "x2-y3-z", "w" * LONGEST])
def test_a_good_name_is_a_module_too(name: str) -> None:
    check_package_name(name)
    assert module_name(name).isidentifier()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Wobbly_Grid", "try wobbly-grid"),
        ("wobbly--grid", "try wobbly-grid"),
        ("-wobbly-", "try wobbly"),
        ("3-wobbles", "try wobbles"),
        ("wobbly.grid", "try wobbly-grid"),
        ("../wobbly", "try wobbly"),
        ("w" * (LONGEST + 1), "try " + "w" * LONGEST),
        ("gewackelt-für-alle", "try gewackelt-f-r-alle"),
        ("wobbly\n", "try wobbly"),
        ("Random", "choose another"),
        ("", "choose another"),
        ("42", "choose another"),
    ],
)
def test_a_name_spelt_wrongly_is_refused_with_a_better_one(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="lower-case letters, digits and single dashes") as error:
        check_package_name(name)
    assert str(error.value).endswith(f"; {hint}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "a word of the language"),
        ("async", "a word of the language"),
        ("setup", "setuptools would run setup.py"),
        ("conftest", "pytest would run conftest.py"),
        ("l2-1nn", r"a method of that name comes with oneshot-harness .*methods\.l2_1nn"),
        ("random", "a method of that name"),
        ("oneshot-harness", "is installed, and would be replaced"),
        ("scikit-learn", "scikit-learn .* is installed"),
        ("json", r"hide the module json \(Python's own\)"),
        ("winreg", "hide the module winreg"),  # on whatever system this is
        ("harness", "hide the module harness"),
        ("methods", "hide the module methods"),
        ("tasks", "hide the module tasks"),
        ("sklearn", "hide the module sklearn"),
        ("mpl-toolkits", "hide the module mpl_toolkits"),  # a package without __init__.py
    ],
)
def test_a_name_that_would_do_harm_is_refused(name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=rf"^{name} is no name for a package: .*{reason}"):
        check_package_name(name)


def test_the_method_of_another_package_takes_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("wobbly-grid", "somewhere.else", "oneshot.methods")
    monkeypatch.setattr(plugins, "entry_points", lambda group: [point])
    with pytest.raises(UsageError, match=r"comes with unknown \(somewhere\.else\)"):
        check_package_name("wobbly-grid")


def test_an_empty_folder_on_the_path_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "wobbly").mkdir()
    check_package_name("wobbly")
    (tmp_path / "wobbly" / "anything.py").touch()
    with pytest.raises(UsageError, match="hide the module wobbly"):
        check_package_name("wobbly")
