from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from harness import UsageError
from harness.errors import PluginError
from harness.plugins import registry as plugins
from harness.plugins.registry import Plugins

Write = Callable[..., Path]

GOOD = """
from harness import MethodSpec, from_embedding, hookimpl

@hookimpl
def oneshot_method():
    return MethodSpec(name="mine", build=lambda settings: from_embedding(lambda x: x))
"""


def test_a_file_is_a_plugin(plugin_file: Write) -> None:
    found = Plugins((plugin_file(GOOD),))
    assert found.method("mine").name == "mine"
    assert str(found.listed("method")["mine"][0].file).endswith("my_plugin.py")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/0", "importing it failed with ZeroDivisionError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("x = 1", "implements no hook; decorate"),
        (GOOD.replace("return MethodSpec", "MethodSpec"), "returned nothing; is a return missing"),
        (GOOD.replace("oneshot_method", "oneshot_methd"), "unknown hook 'oneshot_methd'"),
        (GOOD.replace("oneshot_method()", "oneshot_method(settings)"), "can not be found"),
        (GOOD.replace("return MethodSpec(", "return dict("), "returned dict, not MethodSpec"),
        (
            GOOD.replace("return MethodSpec(", "return 1/0 or dict("),
            "failed with ZeroDivisionError",
        ),
        (GOOD.replace('"mine"', '"random"'), "the method name random is taken by oneshot-harness"),
        (GOOD.replace('"mine"', '"Mine"'), "the method name 'Mine' is not made of lower-case"),
    ],
)
def test_a_broken_file_is_one_line_with_its_origin(
    plugin_file: Write, text: str, message: str
) -> None:
    with pytest.raises(PluginError, match=message) as error:
        Plugins((plugin_file(text),))
    assert "my_plugin.py" in str(error.value)
    assert "\n" not in str(error.value)


def test_an_absent_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="there is no such file"):
        Plugins((tmp_path / "none.py",))


def test_an_absent_name_suggests_another() -> None:
    with pytest.raises(UsageError, match="no method is called l2-2nn; did you mean l2-1nn"):
        Plugins().method("l2-2nn")


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """Entry points that stand in for the installed ones."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(
        plugins, "entry_points", lambda group: [point for point in points if point.group == group]
    )
    return points


def test_a_broken_installed_plugin_takes_no_other_down(entry_points: list[EntryPoint]) -> None:
    entry_points += [
        EntryPoint("broken", "no_such_module_at_all", "oneshot.methods"),
        EntryPoint("l2-1nn", "methods.l2_1nn", "oneshot.methods"),
    ]
    found = Plugins()
    assert list(found.listed("method")) == ["broken", "l2-1nn"]
    assert found.method("l2-1nn").name == "l2-1nn"
    with pytest.raises(PluginError, match=r"no_such_module_at_all.*ModuleNotFoundError"):
        found.method("broken")


def test_a_name_claimed_twice_is_refused(entry_points: list[EntryPoint]) -> None:
    entry_points += [
        EntryPoint("mine", "methods.l2_1nn", "oneshot.methods"),
        EntryPoint("mine", "methods.random", "oneshot.methods"),
    ]
    with pytest.raises(PluginError, match=r"mine is claimed twice: by .*l2_1nn.*random"):
        Plugins().method("mine")


def test_an_entry_point_and_its_method_share_a_name(entry_points: list[EntryPoint]) -> None:
    entry_points.append(EntryPoint("mine", "methods.l2_1nn", "oneshot.methods"))
    with pytest.raises(PluginError, match="give both one name"):
        Plugins().method("mine")


def test_an_installed_name_that_breaks_the_rule_is_refused(entry_points: list[EntryPoint]) -> None:
    entry_points.append(EntryPoint("mine[a=1]", "methods.l2_1nn", "oneshot.methods"))
    with pytest.raises(PluginError, match=r"the method name 'mine\[a=1\]' is not made of"):
        Plugins().method("mine[a=1]")


def test_a_plugin_of_another_kind_is_refused(entry_points: list[EntryPoint]) -> None:
    entry_points.append(EntryPoint("across", "tasks.across", "oneshot.methods"))
    with pytest.raises(PluginError, match="implements no hook oneshot_method"):
        Plugins().method("across")


def test_listing_imports_no_plugin() -> None:
    script = (
        "import sys; from harness.plugins.registry import Plugins; p = Plugins();"
        "[p.listed(k) for k in ('method', 'task', 'dataset')];"
        "print([m for m in sys.modules if m.split('.')[0] in ('methods', 'tasks')])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_someone_elses_tasks_is_named_with_ours(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("")
    ended = subprocess.run(
        [sys.executable, "-m", "harness", "run", "-m", "random", "-t", "across-5w1s",
         "--data", "sketch"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert str(tmp_path / "tasks.py") in line
    assert str(Path(plugins.__file__).parents[2] / "tasks" / "__init__.py") in line
