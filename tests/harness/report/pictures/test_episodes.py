from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from harness.errors import DataError, UsageError
from harness.plugins.registry import Plugins
from harness.report.pictures import episodes as pictures

GREEN = (0, 158, 115)


TINY = """
from dataclasses import replace

import numpy as np

from harness import DatasetSpec, hookimpl
from harness.protocol.dataset import Runs
from tests.support.blobs import blobs


def load(argument):
    if argument != "runs":
        return blobs()
    support = np.array([[0, 4, 8]], np.int32)
    runs = Runs(support=support, query=support + 1, truth=np.array([[0, 1, 2]], np.int32))
    return replace(blobs(), runs=runs)


@hookimpl
def oneshot_dataset():
    return DatasetSpec(name="tiny", load=load)
"""


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    """The installed plugins, and a dataset called tiny; tiny:runs has one official run."""
    path = tmp_path_factory.mktemp("plugins") / "tiny.py"
    path.write_text(TINY, encoding="utf-8")
    return Plugins((path,))


def draw(
    text: str, plugins: Plugins, *numbers: int, answer: bool = False, data: str = "tiny"
) -> np.ndarray:
    made = pictures.picture_of_episodes(text, data, plugins, numbers or (0,), answer=answer)
    return np.asarray(Image.open(io.BytesIO(made)))


def n_green(picture: np.ndarray) -> int:
    return int((picture == GREEN).all(axis=-1).sum())


@pytest.mark.parametrize(
    ("n_way", "rows", "columns"), [(9, 3, 3), (25, 5, 5), (20, 4, 5), (5, 2, 3)]
)
def test_candidates_stand_in_a_grid(plugins: Plugins, n_way: int, rows: int, columns: int) -> None:
    cell = 11 * 10 + 2 * 1 + 2 * 6  # a drawing enlarged ten times, its line, and room for a frame
    height, width, _ = draw(f"across-{n_way}w1s", plugins).shape
    assert height == rows * cell + (15 + 8) + (18 + 8) + 2 * 16
    assert width == columns * cell + cell + 2 * 16 + 2 * 16


def test_the_shots_of_a_candidate_stand_side_by_side(plugins: Plugins) -> None:
    assert draw("across-4w3s", plugins).shape != draw("across-4w1s", plugins).shape


def test_the_answer_is_shown_only_when_asked_for(plugins: Plugins) -> None:
    assert n_green(draw("across-5w1s", plugins)) == 0
    assert n_green(draw("across-5w1s", plugins, answer=True)) > 1000


def test_each_episode_is_another_and_always_the_same(plugins: Plugins) -> None:
    one, two = draw("across-5w1s", plugins, 0), draw("across-5w1s", plugins, 1)
    assert not np.array_equal(one, two)
    assert np.array_equal(two, draw("across-5w1s", plugins, 1))
    both = draw("across-5w1s", plugins, 0, 1)
    assert both.shape[1] == one.shape[1] + two.shape[1] + 16


def test_a_synthetic_dataset_is_labelled(plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[str] = []
    write = ImageDraw.ImageDraw.text

    def noted(canvas: ImageDraw.ImageDraw, place: Any, text: str, *args: Any, **how: Any) -> None:
        words.append(text)
        write(canvas, place, text, *args, **how)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", noted)
    draw("across-5w1s@background", plugins, 3)
    pictures.picture_of_groups("tiny", plugins)
    assert [text for text in words if text.startswith("tiny")] == [
        "tiny (synthetic): across-5w1s@background, episode 3",
        "tiny (synthetic): background groups",
        "tiny (synthetic): evaluation groups",
    ]


def test_several_queries_are_numbered(plugins: Plugins) -> None:
    hidden, shown = (
        draw("lake-400", plugins, answer=answer, data="tiny:runs") for answer in (False, True)
    )
    assert 0 < n_green(hidden) < n_green(shown)
    with pytest.raises(DataError, match="has 1 episodes, one for each run, and 2 were requested"):
        draw("lake-400", plugins, 1, data="tiny:runs")


def test_alphabets_are_drawn_in_rows(plugins: Plugins) -> None:
    made = pictures.picture_of_groups("tiny", plugins)
    assert made == pictures.picture_of_groups("tiny", plugins)
    assert Image.open(io.BytesIO(made)).height > 2 * 6 * 60


@pytest.mark.parametrize(
    ("text", "said"),
    [("across-sweep", "is 59 tasks"), ("acros-5w1s", "did you mean across"), ("across", "shape")],
)
def test_a_wrong_task_is_refused(plugins: Plugins, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        draw(text, plugins)


def test_a_task_that_the_dataset_cannot_fill_is_refused(plugins: Plugins) -> None:
    with pytest.raises(DataError, match="needs 31 classes"):
        draw("across-31w1s", plugins)


def test_nothing_is_written(
    plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ONESHOT_CACHE", "TMPDIR", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    draw("across-5w1s", plugins)
    pictures.picture_of_groups("tiny", plugins)
    assert list(tmp_path.iterdir()) == []
