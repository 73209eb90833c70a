from __future__ import annotations

from pathlib import Path

import pytest

from harness import DataError, UsageError
from harness.plugins.datasets import default_data, load_dataset, nouns_of
from harness.plugins.defaults import PATH_DATA, REAL_DATA, SYNTHETIC_DATA
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Nouns

BIRDS = """
from dataclasses import replace
from harness import DatasetSpec, Nouns, hookimpl
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins

@hookimpl
def oneshot_dataset():
    return DatasetSpec(
        name="birds",
        load=lambda argument: replace(load_dataset("sketch", Plugins()), name="birds"),
        nouns=Nouns(class_="species", classes="species", group="family", groups="families"),
    )
"""


def test_an_empty_argument_is_one_line() -> None:
    with pytest.raises(UsageError, match="write folder:PATH"):
        load_dataset("folder:", Plugins())


def test_sketch_stands_in_where_omniglot_is_not(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path))
    assert default_data() == "sketch"
    monkeypatch.setenv("ONESHOT_DATA", str(tmp_path / "nowhere"))
    assert default_data() == "omniglot", "a wrong ONESHOT_DATA is told, not passed over"
    with pytest.raises(DataError):
        load_dataset("omniglot", Plugins())


@pytest.mark.parametrize("data", ["birds", "birds@validation"])
def test_a_dataset_carries_the_nouns_of_its_plugin(tmp_path: Path, data: str) -> None:
    (tmp_path / "birds.py").write_text(BIRDS)
    plugins = Plugins((tmp_path / "birds.py",))
    dataset = load_dataset(data, plugins)
    assert dataset.nouns.groups == "families"
    assert nouns_of(data, plugins) == dataset.nouns
    sketch = load_dataset(data.replace("birds", "sketch"), plugins)
    assert sketch.nouns.groups == "alphabets"
    assert sketch.fingerprint == dataset.fingerprint, "words change no identity"


@pytest.mark.parametrize(
    ("data", "group"),
    [
        (REAL_DATA, "alphabet"),
        (f"{REAL_DATA}@validation", "alphabet"),
        (SYNTHETIC_DATA, "alphabet"),
        (f"{PATH_DATA}:some/where", "group"),
        ("no-such-plugin", "group"),
    ],
)
def test_the_nouns_of_a_dataset_that_is_not_loaded(data: str, group: str) -> None:
    assert nouns_of(data, Plugins()).group == group


def test_nouns_are_general_by_default() -> None:
    assert (Nouns().classes, Nouns().groups, Nouns().sources) == ("classes", "groups", "sources")
