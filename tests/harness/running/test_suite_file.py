from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness import UsageError
from harness.plugins.registry import Plugins
from harness.protocol.settings import configure, parse_method
from harness.protocol.task import parse_tasks
from harness.running.resources import Resources
from harness.running.suite_file import GRID_KEYS, TOP_KEYS, load_suite, parse_suite, suite_names

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
    ("old", "new", "line", "what"),
    [
        ("seeds =", "seed =", 8, "no key is called seed; did you mean seeds"),
        ("gpu = 1", "gpus = 1", 19, "no key is called gpus; did you mean gpu"),
        ("episodes = 40", 'episodes = "40"', 9, "episodes = '40' is not a whole number"),
        ("episodes = 40", "episodes = 0", 9, "episodes = 0 is not 1 or more"),
        ("seeds = [0, 1]", "seeds = [0, 1, 0]", 8, "seeds holds 0 twice"),
        ("seeds = [0, 1]", "seeds = [0, true]", 8, "seeds holds True, which is not a whole"),
        ("seeds = [0, 1]", "seeds = 3", 8, "seeds = 3 is not a list"),
        ('"within-5w1s"', '"across-5w1s"', 6, "tasks holds across-5w1s twice"),
        ('"within-5w1s"', "5", 6, "tasks holds 5, which is not a text"),
        ('data = "sketch@validation"', "", 1, "data is missing"),
        ("sketch@validation", "sketch", 2, "never on the evaluation split"),
        ("[8, 10]", "[8, 10, 8]", 14, "grid holds 8 twice"),
        ("[8, 10]", "[8, [10]]", 14, "grid is not a value or a list"),
        ("fce = [true, false]", "fce = []", 23, "fce is not a value or a list"),
        ('method = "matching"', "", 16, "method is missing"),
        ('memory = "8 GB"', 'memory = "8 QB"', 20, "memory = '8 QB' is not a size"),
        ("cpus = 1", 'cpus = "2"', 10, "cpus = '2' is not a whole number from 1 up"),
        ("cpus = 1", "cpus = 0", 10, "cpus = 0 is not a whole number from 1 up"),
        ("cpus = 2", "cpus = true", 18, "cpus = True is not a whole number from 1 up"),
        ("gpu = 1", 'gpu = "1"', 19, "gpu = '1' is not a whole number from 0 up"),
        ("gpu = 1", "gpu = -1", 19, "gpu = -1 is not a whole number from 0 up"),
        ('memory = "8 GB"', "memory = true", 20, "memory = True is not a size"),
        ('memory = "8 GB"', "memory = 8e9", 20, "memory = 8000000000.0 is not a size"),
        ("episodes = 40", "episodes = true", 9, "episodes = True is not a whole number"),
        ("seeds = [0, 1]", "seeds = [0, -1]", 8, "seeds holds -1, which is not a whole"),
        ("[8, 10]", '["8,power=0.3"]', 14, "grid holds '8,power=0.3', and one value has none"),
        ("[true, false]", '[\n"true",\n"a]"]', 25, r"fce holds 'a\]', and one value has none"),
        ("grid = [8", '"grid=8,power" = [8', 14, "'grid=8,power' is no setting's name"),
        ("{ grid = [8, 10], power = [0.2, 1.0], aspect = 0.5 }", "{}", 14, "settings names none"),
        ("fce = [true, false]", "", 22, "settings names none; write .*, or matching under methods"),
        ('["l2-1nn"]', '["l2-1nn", "l2-1nn"]', 3, "methods holds l2-1nn twice"),
        ('["l2-1nn"]', '["matching[fce=true]"]', 16, r"matching\[fce=true\] is named twice"),
        ('"within-5w1s"', '"within-5w1s@background"', 6, "were learnt from: write within-5w1s"),
        ('"across-5w1s",\n    "within-5w1s",\n', "", 4, "tasks names none"),
        ("cpus = 1\n", "cpus = 1\n\n[grids]\n", 12, "no key is called grids; did you mean grid"),
        ("cpus = 1\n", "cpus = 1\ncpus = 2\n", 11, "Cannot overwrite a value"),
        ("cpus = 1\n", "cpus = \n", 10, "Invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in WHOLE
    with pytest.raises(UsageError, match=what) as refusal:
        parse_suite(WHOLE.replace(old, new, 1), "mine.toml")
    assert re.match(rf"mine.toml\b.*\bline {line}\b", str(refusal.value))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ('"""\n[[grid]]\nseeds = [0]\nsketch@validation"""', 11),
        ("'''\n[grid]\nseeds = [0]\n\\sketch@validation'''", 11),
        ('"""\\\n\\""" # [grid]\n[grid]\nsketch@validation""" # """', 11),
        ('"sketch@validation" # """', 8),
        ('"a\\"#sketch@validation"', 8),
    ],
)
def test_what_stands_inside_of_strings_is_no_structure(data: str, line: int) -> None:
    text = WHOLE.replace('"sketch@validation"', data).replace("seeds = [0, 1]", "seeds = [0, 0]")
    with pytest.raises(UsageError, match=rf"line {line}: seeds holds 0 twice"):
        parse_suite(text, "mine.toml")


def test_one_grid_in_single_brackets_is_told_with_its_line() -> None:
    text = WHOLE[: WHOLE.index("[[grid]]")] + '[grid]\nmethod = "lda-1nn"\n'
    with pytest.raises(UsageError, match=r"line 12: a grid begins with \[\[grid\]\]"):
        parse_suite(text, "mine.toml")


def test_each_method_and_task_knows_its_line() -> None:
    named_at = parse_suite(WHOLE, "mine.toml").named_at
    assert named_at["l2-1nn"] == "mine.toml, line 3"
    assert named_at["across-5w1s"] == "mine.toml, line 5"
    assert named_at["matching[fce=false]"] == "mine.toml, line 16"


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
        configure(choice, plugins.get("method", choice.name).settings)
    assert all(parse_tasks(text, plugins.listed("task")) for text in suite.tasks)
    assert suite.data in plugins.listed("dataset")
    assert suite.seeds


def test_the_suites() -> None:
    assert suite_names() == ("baseline", "full", "quick", "tutorial")


def test_an_absent_suite_is_one_line() -> None:
    with pytest.raises(UsageError, match="did you mean full"):
        load_suite("fool")
