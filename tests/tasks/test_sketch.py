from __future__ import annotations

import numpy as np
import pytest

from harness import Dataset, Task, UsageError, Words
from harness.protocol.episodes import deal
from harness.protocol.outcome import judge
from methods.l2_1nn import EuclideanNeighbour
from tasks import across, sketch, within


@pytest.fixture(scope="module")
def drawn() -> Dataset:
    return sketch.generate()


def test_it_is_divided_as_omniglot_is(drawn: Dataset) -> None:
    background, evaluation = drawn.background, drawn.evaluation
    assert (len(background.groups), len(evaluation.groups)) == (30, 20)
    assert len(set(background.groups) | set(evaluation.groups)) == 50
    assert np.bincount(background.group).min() >= 14
    assert np.bincount(evaluation.group).min() >= 20
    assert 950 <= len(background.classes) + len(evaluation.classes) <= 1100
    assert drawn.synthetic


@pytest.mark.parametrize("split", ["background", "evaluation"])
def test_twenty_people_drew_every_character_once(drawn: Dataset, split: str) -> None:
    images = drawn.split(split)
    assert (images.rows_of_class >= 0).all()
    assert (images.source[images.rows_of_class] == np.arange(20)).all()
    assert images.images.ink(0).shape == (105, 105)


@pytest.mark.parametrize("split", ["background", "evaluation"])
def test_ink_is_as_on_real_paper(drawn: Dataset, split: str) -> None:
    ink = drawn.split(split).images.ink()
    share = ink.mean(axis=(1, 2))
    assert 0.06 < share.mean() < 0.10
    assert share.min() > 0.005, "no image is blank"
    border = ink[:, [0, -1]].any(axis=(1, 2)) | ink[:, :, [0, -1]].any(axis=(1, 2))
    assert border.mean() < 0.01


def test_no_two_drawings_are_the_same(drawn: Dataset) -> None:
    packed = [drawn.split(name).images.packed for name in ("background", "evaluation")]
    rows = [row.tobytes() for rows in packed for row in rows]
    assert len(set(rows)) == len(rows)


def test_the_same_pixels_on_any_machine(drawn: Dataset) -> None:
    assert drawn.fingerprint == FINGERPRINT


def test_another_seed_is_another_dataset(drawn: Dataset) -> None:
    words = Words(1, "sketch/Balan")
    first = sketch._group(words, 8)
    assert first.digest != sketch._group(Words(0, "sketch/Balan"), 8).digest


def test_it_is_as_hard_as_the_real_thing(drawn: Dataset) -> None:
    accuracy = {}
    for name, family in (("across", across), ("within", within)):
        task = Task(family=name, n_way=20, n_shot=1)
        dealt = deal(family.draw(drawn, task, 2000, seed=0), drawn.evaluation, seed=0)
        scores = EuclideanNeighbour().score(dealt.episodes)
        accuracy[name] = judge(scores, dealt.key.truth).credit.mean()
    assert 0.10 < accuracy["across"] < 0.35
    assert accuracy["within"] < accuracy["across"] - 0.02


def test_it_takes_no_argument() -> None:
    with pytest.raises(UsageError, match="sketch takes no argument"):
        sketch.load("big")


FINGERPRINT = "3da22de33b89677e060d6f8dc86a7d527bab50424eb5a3814c697bf7d5edd8e5"
