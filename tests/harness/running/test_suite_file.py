from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness import UsageError
from harness.plugins.registry import Plugins
from harness.protocol.settings import configure, parse_method
from harness.protocol.task import parse_tasks
from harness.running.resources import Resources
from harness.running.suite_file import GRID_KEYS, TOP_KEYS, load_suite, parse_suite
from harness.running.suites import suite_names

WHOLE = """\
# a search
data = "sketch@validation"
methods = ["l2-1nn"]
tasks = [
    "across-5w1s",
    "within-5w1s",
]
seeds = [0, 1]
episodes = 40
cpus = 1

[[grid]]
method = "lda-1nn"
settings = { grid = [8, 10], power = [0.2, 1.0], aspect = 0.5 }

[[grid]]
method = "matching"
cpus = 2
gpu = 1
memory = "8 GB"

[grid.settings]
fce = [true, false]
"""


def test_a_file_names_everything() -> None:
    suite = parse_suite(WHOLE, "mine.toml")
    assert suite.methods == (
        "l2-1nn",
        "lda-1nn[grid=8,power=0.2,aspect=0.5]",
        "lda-1nn[grid=8,power=1.0,aspect=0.5]",
        "lda-1nn[grid=10,power=0.2,aspect=0.5]",
        "lda-1nn[grid=10,power=1.0,aspect=0.5]",
        "matching[fce=true]",
        "matching[fce=false]",
    )
    assert suite.swept == suite.methods[1:]
    assert (suite.data, suite.seeds, suite.episodes) == ("sketch@validation", (0, 1), 40)
    assert suite.tasks == ("across-5w1s", "within-5w1s")
    assert suite.resources == Resources(cpus=1)
    assert suite.own_resources["lda-1nn[grid=8,power=0.2,aspect=0.5]"] == Resources()
    assert suite.own_resources["matching[fce=true]"] == Resources(
        cpus=2, gpu=1, memory=8_000_000_000
    )


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("seeds =", "seed =", "seed: no key is called seed; did you mean seeds?"),
        ("gpu = 1", "gpus = 1", "grid[1].gpus: no key is called gpus; did you mean gpu?"),
        ("episodes = 40", 'episodes = "40"', 'episodes = "40": it is not a whole number'),
        ("episodes = 40", "episodes = 0", "episodes = 0: it is not 1 or more; write episodes = "),
        ("episodes = 40", "episodes = true", "episodes = true: it is not a whole number"),
        ("seeds = [0, 1]", "seeds = [0, 1, 0]", "seeds[2] = 0: it is listed twice; once is"),
        ("seeds = [0, 1]", "seeds = [0, true]", "seeds[1] = true: it is not a whole number"),
        ("seeds = [0, 1]", "seeds = [0, -1]", "seeds[1] = -1: it is not a whole number from 0"),
        ("seeds = [0, 1]", "seeds = 3", "seeds = 3: it is not a list; write seeds = [0, 1, 2]"),
        ('"within-5w1s"', '"across-5w1s"', 'tasks[1] = "across-5w1s": it is listed twice'),
        ('"within-5w1s"', "5", "tasks[1] = 5: it is not a text in quotes"),
        ('data = "sketch@validation"', "", 'data is missing; write data = "omniglot"'),
        ("sketch@validation", "sketch", "data = sketch: a grid chooses settings, and never on the"),
        ("[8, 10]", "[8, 10, 8]", "grid[0].settings.grid[2] = 8: it is listed twice"),
        ("[8, 10]", "[8, [10]]", "grid[0].settings.grid = [8, [10]]: it is not a value or a list"),
        ("fce = [true, false]", "fce = []", "grid[1].settings.fce = []: it is not a value or a"),
        ('method = "matching"', "", 'grid[1].method is missing; write method = "lda-1nn"'),
        ('memory = "8 GB"', 'memory = "8 QB"', "grid[1].memory = '8 QB' is not a size"),
        ("cpus = 1", 'cpus = "2"', "cpus = '2' is not a whole number from 1 up"),
        ("cpus = 1", "cpus = 0", "cpus = 0 is not a whole number from 1 up"),
        ("cpus = 2", "cpus = true", "grid[1].cpus = True is not a whole number from 1 up"),
        ("gpu = 1", 'gpu = "1"', "grid[1].gpu = '1' is not a whole number from 0 up"),
        ("gpu = 1", "gpu = -1", "grid[1].gpu = -1 is not a whole number from 0 up"),
        ('memory = "8 GB"', "memory = true", "grid[1].memory = True is not a size"),
        ('memory = "8 GB"', "memory = 8e9", "grid[1].memory = 8000000000.0 is not a size"),
        ("[8, 10]", '["8,power=0.3"]', 'grid[0].settings.grid[0] = "8,power=0.3": a value has'),
        ("[true, false]", '[\n"true",\n"a]"]', 'grid[1].settings.fce[1] = "a]": a value has none'),
        ("grid = [8", '"grid=8,power" = [8', "grid[0].settings.'grid=8,power': a setting's name"),
        ("{ grid = [8, 10], power = [0.2, 1.0], aspect = 0.5 }", "{}", "grid[0].settings = {}: no"),
        ("fce = [true, false]", "", "grid[1].settings = {}: no setting is listed; write settings"),
        ('["l2-1nn"]', '["l2-1nn", "l2-1nn"]', 'methods[1] = "l2-1nn": it is listed twice'),
        ('["l2-1nn"]', '["matching[fce=true]"]', "grid[1]: matching[fce=true] is named twice"),
        ('"within-5w1s"', '"within-5w1s@background"', "tasks[1] = within-5w1s@background: a grid"),
        ('"across-5w1s",\n    "within-5w1s",\n', "", "tasks = []: no task is listed; write tasks"),
        ("cpus = 1\n", "cpus = 1\n\n[grids]\n", "grids: no key is called grids; did you mean grid"),
        ("cpus = 1\n", "cpus = 1\ncpus = 2\n", "Cannot overwrite a value (at line 11"),
        ("cpus = 1\n", "cpus = \n", "Invalid value (at line 10"),
    ],
)
def test_an_error_names_the_path_of_its_key(old: str, new: str, error: str) -> None:
    assert old in WHOLE
    with pytest.raises(UsageError) as refusal:
        parse_suite(WHOLE.replace(old, new, 1), "mine.toml")
    assert str(refusal.value).startswith(f"mine.toml: {error}")


def test_a_long_value_is_cut_off() -> None:
    text = WHOLE.replace("fce = [true, false]", f"fce = [{'[1], ' * 50}]")
    with pytest.raises(UsageError, match=r"fce = (\[1\], |\[){1,16}.{,6}…: it is not a value"):
        parse_suite(text, "mine.toml")


def test_one_grid_in_single_brackets_is_refused() -> None:
    text = WHOLE[: WHOLE.index("[[grid]]")] + '[grid]\nmethod = "lda-1nn"\n'
    with pytest.raises(UsageError, match=r"grid = .*: a grid begins with \[\[grid\]\]"):
        parse_suite(text, "mine.toml")


def test_a_suite_knows_where_its_methods_and_tasks_are_named() -> None:
    named_at = parse_suite(WHOLE, "mine.toml").named_at
    assert named_at["l2-1nn"] == "mine.toml: methods[0]"
    assert named_at["within-5w1s"] == "mine.toml: tasks[1]"
    assert named_at["matching[fce=false]"] == "mine.toml: grid[1]"


def test_the_search_of_the_docs_has_ten_settings() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scaling.md").read_text()
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    suite = parse_suite(text, "search.toml")
    assert len(suite.swept) == 10
    for key in (*TOP_KEYS, *GRID_KEYS):
        assert re.search(rf"^\| [^|]*`(\[\[)?{key}(\]\])?`", page, re.MULTILINE), key


@pytest.mark.parametrize("name", suite_names())
def test_a_suite_names_what_exists(name: str) -> None:
    suite, plugins = load_suite(name), Plugins()
    for text in suite.methods:
        choice = parse_method(text)
        configure(choice, plugins.method(choice.name))
    assert all(parse_tasks(text, plugins.listed("task")) for text in suite.tasks)
    assert suite.data in plugins.listed("dataset")
    assert suite.seeds


def test_the_suites() -> None:
    assert suite_names() == ("baseline", "full", "quick", "tutorial")


def test_an_absent_suite_is_one_line() -> None:
    with pytest.raises(UsageError, match="did you mean full"):
        load_suite("fool")
