from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.commands.cache import cache
from harness.errors import UsageError
from harness.learning import model_cache
from harness.learning.checkpoints import Standing
from harness.learning.model_cache import Fit, stored_models
from harness.learning.point import Point
from tests.support.origins import ORIGIN

CURVE = (Point(step=5, seconds=1.0, loss=0.5, accuracy=81.25),)


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two fitted models of two methods, an unfinished training, and a damaged model."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))

    def write(folder: Path) -> None:
        (folder / "weights").write_bytes(bytes(1_000_000))

    learnt = Fit(seconds=90.0, peak_memory=1, environment={}, points=CURVE)
    model_cache.keep(ORIGIN, learnt, write)
    model_cache.keep(
        replace(ORIGIN, method="other"), Fit(seconds=0.5, peak_memory=1, environment={}), write
    )
    damaged = replace(ORIGIN, seed=7)
    model_cache.keep(damaged, learnt, write)
    (model_cache.models_folder() / damaged.key / "about.json").write_text("{")

    class Learner:
        save = load = staticmethod(write)

    unfinished = replace(ORIGIN, settings={"depth": "9"}, seed=1)
    model_cache.checkpoints(unfinished).keep(Learner(), Standing(step=3))


def answer(*words: str) -> str:
    ended = CliRunner().invoke(cache, words, catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.output


@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_list_tells_what_is_kept(words: tuple[str, ...]) -> None:
    listing = answer(*words)
    assert "mean  seed 0  tiny  fitted in 90.0 s, validation 81.25 %  1.0 MB" in listing
    assert "other  seed 0  tiny  fitted in 500 ms  1.0 MB" in listing
    assert "mean[depth=9]  seed 1  tiny  unfinished  1.0 MB" in listing
    assert "unreadable  fitted  1.0 MB" in listing


def test_the_list_as_json() -> None:
    models = json.loads(answer("list", "--json"))["models"]
    assert len(models) == 4
    assert sorted(model["unfinished"] for model in models) == [False, False, False, True]


@pytest.mark.parametrize(
    ("words", "left"),
    [((), 0), (("--unfinished",), 3), (("-m", "other"), 3), (("-m", "mean", "--unfinished"), 3)],
)
def test_clear_removes_what_was_named(words: tuple[str, ...], left: int) -> None:
    said = answer("clear", *words)
    assert len(stored_models()) == left
    assert said == f"removed {4 - left}, {4 - left}.0 MB\n"


def test_an_empty_cache_is_told() -> None:
    answer("clear")
    assert "no models; oneshot run keeps each one that it fits" in answer("list")


def test_a_wrong_name_is_told() -> None:
    with pytest.raises(UsageError, match="no model of mesn is kept; did you mean mean"):
        answer("clear", "-m", "mesn")
    assert len(stored_models()) == 4
