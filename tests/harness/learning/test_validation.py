from __future__ import annotations

import numpy as np
import pytest

from harness import Dataset
from harness.errors import DataError
from harness.learning.validation import N_EPISODES, N_WAY, validation
from harness.protocol.outcome import judge


def test_episodes_are_fair_and_the_same_each_time(make_dataset) -> None:
    held = make_dataset(groups=3, classes=10).background
    first, again = validation(held), validation(held)
    assert first.key.manifest == again.key.manifest
    episodes, truth = first.episodes, first.key.truth
    assert (len(episodes), episodes.n_way, episodes.n_shot, episodes.n_query) == (
        N_EPISODES, N_WAY, 1, 1,
    )  # fmt: skip
    constant = judge(np.zeros((N_EPISODES, 1, N_WAY)), truth)
    assert constant.credit.mean() == pytest.approx(1 / N_WAY)
    assert set(truth.ravel()) == set(range(N_WAY)), "the true way may stand anywhere"


def test_the_query_is_another_drawing_of_the_true_character(tiny: Dataset) -> None:
    held = tiny.background
    dealt = validation(held)
    # the pool is shuffled, so that drawings are told by their pixels
    of = {pixels.tobytes(): c for pixels, c in zip(held.images.packed, held.label, strict=True)}
    pool = dealt.episodes.pool.packed
    for episode in range(50):
        support = dealt.episodes.support[episode, :, 0]
        query = dealt.episodes.query[episode, 0]
        shown = [of[pool[row].tobytes()] for row in support]
        assert len(set(shown)) == len(shown)
        assert shown[dealt.key.truth[episode, 0]] == of[pool[query].tobytes()]
        assert query not in support


def test_few_characters_give_fewer_ways(make_dataset) -> None:
    assert validation(make_dataset(groups=1, classes=3).background).episodes.n_way == 3


def test_too_few_are_refused(make_dataset) -> None:
    with pytest.raises(DataError, match="hold out more groups"):
        validation(make_dataset(groups=2, classes=4, sources=1).background)
