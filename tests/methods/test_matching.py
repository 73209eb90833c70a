from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from methods.background_batches import Batch
from methods.matching import Config, Matching

torch = pytest.importorskip("torch")


def vectors(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def scored(query: np.ndarray, support: np.ndarray, **settings: Any) -> np.ndarray:
    torch.manual_seed(0)
    objective = Matching(Config(**settings))
    head = objective.head(0, query.shape[-1])
    if settings.get("fce"):
        torch.nn.init.ones_(head.gate)  # as if it had learnt to use the context
    with torch.inference_mode():
        return objective.similarity(head, query, support)


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def test_a_class_gets_the_attention_of_all_its_images() -> None:
    query, support = vectors(2, 3, 8), vectors(2, 4, 5, 8, seed=1)
    scores = scored(query, support, cosine_scale=7.0)
    for e in range(2):
        for q in range(3):
            cosines = [[unit(query[e, q]) @ unit(x) for x in shots] for shots in support[e]]
            attention = np.exp(7 * np.array(cosines))
            expected = np.log(attention.sum(axis=1) / attention.sum())
            assert scores[e, q] == pytest.approx(expected, abs=1e-4)


def test_with_one_shot_the_most_alike_wins() -> None:
    query, support = vectors(5, 2, 8), vectors(5, 6, 1, 8, seed=1)
    cosines = np.einsum("eqd,ewd->eqw", query, support[:, :, 0])
    cosines = cosines / np.linalg.norm(support[:, :, 0], axis=-1)[:, None]
    assert (scored(query, support).argmax(-1) == cosines.argmax(-1)).all()


def test_classes_in_another_order_have_the_same_scores_in_that_order() -> None:
    query, support = vectors(3, 2, 8), vectors(3, 5, 2, 8, seed=1)
    order = [3, 0, 4, 1, 2]
    expected = scored(query, support)[:, :, order]
    assert scored(query, support[:, order]) == pytest.approx(expected, abs=1e-5)


def test_full_context_makes_a_support_image_depend_on_the_others() -> None:
    query, support = vectors(1, 2, 8), vectors(1, 3, 1, 8, seed=1)
    other = support.copy()
    other[:, 2] = vectors(1, 1, 8, seed=2)
    for fce in (False, True):
        one, two = (scored(query, s, fce=fce) for s in (support, other))
        odds = [(x[..., 0] - x[..., 1]) for x in (one, two)]  # of two classes that are the same
        assert (odds[0] == pytest.approx(odds[1], abs=1e-5)) == (not fce)


def test_full_context_starts_as_the_plain_variant() -> None:
    query, support = vectors(2, 3, 8), vectors(2, 4, 2, 8, seed=1)
    objective = Matching(Config(fce=True))
    with torch.inference_mode():
        scores = objective.similarity(objective.head(0, 8), query, support)
    assert scores == pytest.approx(scored(query, support), abs=1e-4)


def test_full_context_answers_each_query_on_its_own() -> None:
    query, support = vectors(2, 4, 8), vectors(2, 3, 2, 8, seed=1)
    together, alone = scored(query, support, fce=True), scored(query[:, 1:2], support, fce=True)
    assert together[:, 1:2] == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("fce", [False, True])
def test_the_loss_is_that_of_the_right_class(fce: bool) -> None:
    torch.manual_seed(0)
    objective = Matching(Config(fce=fce, fce_ways=6))
    head, embedded = objective.head(0, 8), vectors(6, 2, 8)
    ids = np.arange(6)
    batch = Batch(rows=np.zeros((6, 2), int), turns=0 * ids, label=ids)
    loss = objective.loss(head, torch.as_tensor(embedded), batch)
    right = []
    for shown in (0, 1):
        with torch.inference_mode():
            query, support = embedded[None, :, 1 - shown], embedded[None, :, shown, None]
            right.append(objective.similarity(head, query, support)[0, ids, ids])
    assert float(loss.detach()) == pytest.approx(-np.mean(right), abs=1e-5)


@pytest.mark.parametrize("wrong", [{"cosine_scale": 0.0}, {"fce_ways": 1}, {"reads": 0}], ids=str)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    ((setting, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{setting}={value}"):
        Config(**wrong)


def test_one_read_shows_the_query_the_support() -> None:
    objective = Matching(Config(fce=True, reads=1))
    head = objective.head(0, 8)
    torch.nn.init.ones_(head.gate)
    query, one, other = (torch.as_tensor(vectors(2, n, 8)) for n in (3, 5, 6))
    with torch.no_grad():
        read = [head(query, support)[0] for support in (one, one, other)]
    assert (read[0] == read[1]).all()
    assert not torch.allclose(read[0], read[2])
