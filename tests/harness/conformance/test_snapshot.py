from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from harness import Dataset, Episodes, Split
from harness.conformance import small_episodes
from harness.conformance.episodes import copy_of, copy_of_split
from harness.conformance.snapshot import Snapshot


def write(array: np.ndarray) -> None:
    """Alter one value, as someone may who lifts the protection of a read-only array."""
    array.flags.writeable = True
    array.flat[0] += 1


@pytest.mark.parametrize(
    ("part", "of"),
    [
        ("background.images", lambda split: split.images.packed),
        ("background.images.words", lambda split: split.images.words),
        ("background.label", lambda split: split.label),
        ("background.source", lambda split: split.source),
        ("background.group", lambda split: split.group),
        ("background.rows_of_class", lambda split: split.rows_of_class),
    ],
)
def test_what_is_written_into_a_split_is_named(
    part: str, of: Callable[[Split], np.ndarray], tiny: Dataset
) -> None:
    split = copy_of_split(tiny.background)
    before = Snapshot(split)
    assert before.changed() == ()
    write(of(split))
    assert before.changed() == (part,)


@pytest.mark.parametrize(
    ("part", "of"),
    [
        ("episodes.pool", lambda episodes: episodes.pool.packed),
        ("episodes.pool.words", lambda episodes: episodes.pool.words),
        ("episodes.support", lambda episodes: episodes.support),
        ("episodes.query", lambda episodes: episodes.query),
        ("episodes.rows", lambda episodes: episodes.rows),
    ],
)
def test_what_is_written_into_episodes_is_named(
    part: str, of: Callable[[Episodes], np.ndarray], tiny: Dataset
) -> None:
    episodes = copy_of(small_episodes(tiny).episodes)
    before = Snapshot(episodes)
    assert before.changed() == ()
    write(of(episodes))
    assert before.changed() == (part,)


def test_a_copy_of_a_split_shares_nothing(tiny: Dataset) -> None:
    split = copy_of_split(tiny.background)
    before = Snapshot(tiny.background)
    for array in (split.images.packed, split.label, split.source, split.group):
        write(array)
    assert before.changed() == ()
