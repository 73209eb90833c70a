from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Dataset, Images, MethodError, Split, Task, Training, UsageError
from harness.learning.checkpoints import Checkpoints
from harness.learning.embedding import EmbeddingMethod
from harness.learning.training import Progress
from harness.protocol.episodes import Episodes, deal
from harness.protocol.settings import configure, parse_method
from harness.running.device import graphics_card
from methods import siamese
from methods.distortion import turn
from methods.siamese import PRESETS, Config, SiameseEmbedder
from methods.siamese_training import OPTIMIZERS, all_pairs, chosen_device, even_pairs
from tasks import across

keras = pytest.importorskip("keras")
# keras 3.15 asks numpy 2 for arrays as numpy 1 was asked
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SPEC = siamese.oneshot_method()
SHORT = replace(PRESETS["tiny"], steps=4, classes=8)


def blobs(groups: int, classes: int, seed: int) -> Split:
    """Make characters of random pixels, each drawn four times with some of them flipped."""
    rng = np.random.default_rng(seed)
    n = groups * classes
    ink = (rng.random((n, 1, 11, 11)) < 0.3) ^ (rng.random((n, 4, 11, 11)) < 0.15)
    return Split(
        images=Images.from_ink(ink.reshape(-1, 11, 11)),
        label=np.repeat(np.arange(n, dtype=np.int32), 4),
        source=np.tile(np.arange(4, dtype=np.int32), n),
        group=np.repeat(np.arange(groups, dtype=np.int32), classes),
        groups=tuple(f"Alphabet_{a}" for a in range(groups)),
        classes=tuple(f"Alphabet/character{c}" for c in range(n)),
    )


def drawn(groups: int = 6, classes: int = 5) -> Dataset:
    return Dataset(
        name="blobs",
        synthetic=True,
        background=blobs(groups, classes, seed=1),
        evaluation=blobs(groups, classes, seed=2),
    )


BLOBS = drawn()


def fitted(
    seed: int = 0, config: Config = SHORT, dataset: Dataset = BLOBS, **training: Any
) -> EmbeddingMethod:
    method = SPEC.build(config)
    assert isinstance(method, EmbeddingMethod)
    method.fit(dataset.background, Training(seed=seed, **training))
    return method


def shown(dataset: Dataset = BLOBS, n_shot: int = 1) -> Episodes:
    task = Task(family="across", n_way=5, n_shot=n_shot)
    return deal(across.draw(dataset, task, 50, seed=0), dataset.evaluation, seed=0).episodes


@pytest.fixture(scope="module")
def method() -> EmbeddingMethod:
    return fitted()


@pytest.fixture(scope="module")
def unfitted() -> SiameseEmbedder:
    embedder = SiameseEmbedder(SHORT)
    embedder.build(seed=0)
    return embedder


def test_the_papers_network_has_the_papers_parameters() -> None:
    embedder = SiameseEmbedder(PRESETS["paper"])
    embedder.build(seed=0)
    assert embedder.n_parameters == 38_951_745
    weights = {w.shape: w for w in embedder._network.get_weights()}
    assert weights[7, 7, 64, 128].std() == pytest.approx(0.01, rel=0.01)
    assert weights[9216, 4096].std() == pytest.approx(0.2, rel=0.01)
    assert weights[4096,].mean() == pytest.approx(0.5, abs=0.001)
    ink = np.zeros((1, 50, 40), bool)
    assert embedder.embed(ink).shape == (1, 4096)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_moves_every_weight(optimizer: str) -> None:
    embedder = SiameseEmbedder(SHORT)
    embedder.build(seed=0)
    before = embedder._network.get_weights()
    config = replace(SHORT, steps=2, optimizer=optimizer)
    after = fitted(config=config).embedder._network.get_weights()
    assert all((b != a).any() for b, a in zip(before, after, strict=True))


def test_same_seed_same_scores_other_seed_others(method: EmbeddingMethod) -> None:
    assert (fitted().score(shown()) == method.score(shown())).all()
    assert (fitted(seed=1).score(shown()) != method.score(shown())).any()


class Killed(Exception):
    pass


def kill(progress: Progress) -> None:
    if progress.step == 3:
        raise Killed


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_a_killed_training_ends_as_if_it_had_not_been(
    method: EmbeddingMethod, tmp_path: Path, optimizer: str
) -> None:
    config = replace(SHORT, optimizer=optimizer)
    checkpoints = Checkpoints(tmp_path, {})
    with pytest.raises(Killed):
        fitted(config=config, checkpoints=checkpoints, checkpoint_seconds=0.0, notify=kill)
    assert list(tmp_path.glob("step-*")), "nothing to resume from"
    resumed = fitted(config=config, checkpoints=checkpoints)
    uninterrupted = method if config == SHORT else fitted(config=config)
    assert (resumed.score(shown()) == uninterrupted.score(shown())).all()


def test_what_was_fitted_comes_back(method: EmbeddingMethod, tmp_path: Path) -> None:
    second = SPEC.build(SHORT)
    assert isinstance(second, EmbeddingMethod)
    method.save(tmp_path)
    second.load(tmp_path)
    assert (method.score(shown()) == second.score(shown())).all()
    assert method.n_parameters == second.n_parameters
    assert second.n_parameters is not None and second.n_parameters > 0


def test_it_does_not_matter_which_image_comes_first(unfitted: SiameseEmbedder) -> None:
    vectors = unfitted.embed(BLOBS.evaluation.images.ink()[:6])
    to = unfitted.similarity(vectors[None, :3], vectors[None, 3:, None])
    fro = unfitted.similarity(vectors[None, 3:], vectors[None, :3, None])
    assert (to[0] == fro[0].T).all()


def test_the_similarity_is_what_the_network_learns(unfitted: SiameseEmbedder) -> None:
    ink = BLOBS.evaluation.images.ink()[:6]
    vectors = unfitted.embed(ink)
    pairs = turn(ink, 20, 0.0).reshape(3, 2, 20, 20, 1)
    learnt = unfitted._network.predict_on_batch(pairs)[..., 0]  # all 3 x 3 pairs
    answered = unfitted.similarity(vectors[None, ::2], vectors[None, 1::2, None])[0]
    assert answered == pytest.approx(learnt, abs=0.2), "bfloat16 has two or three digits"


def test_similarity_is_the_logit_of_the_nearest_support(unfitted: SiameseEmbedder) -> None:
    rng = np.random.default_rng(0)
    query, support = rng.random((2, 3, 64), np.float32), rng.random((2, 4, 5, 64), np.float32)
    logits = unfitted.similarity(query, support)
    for episode, place, way in np.ndindex(2, 3, 4):
        apart = [np.abs(query[episode, place] - one).sum() for one in support[episode, way]]
        assert logits[episode, place, way] == pytest.approx(10 - min(apart) / 2, abs=1e-4)


def test_a_vector_is_of_its_image_alone(unfitted: SiameseEmbedder) -> None:
    images = BLOBS.evaluation.images.ink()[:70]
    assert (unfitted.embed(images)[66:68] == unfitted.embed(images[66:68])).all()


def test_several_shots_and_few_characters_will_do() -> None:
    few = drawn(groups=2, classes=3)
    short = replace(PRESETS["tiny"], steps=1)
    scores = fitted(config=short, dataset=few).score(shown(drawn(classes=5), n_shot=3))
    assert scores.shape == (50, 1, 5)


def test_all_pairs_weigh_four_to_one() -> None:
    same, weight = all_pairs(5)
    assert (same[:, :, 0] == np.eye(5)).all()
    assert weight.mean() == pytest.approx(1)
    assert weight[same[:, :, 0] == 0].sum() == pytest.approx(4 * weight.trace())


def test_even_pairs_are_half_the_same() -> None:
    label = np.array([4, 7, 1, 3, 9, 8])
    drawings = np.stack([label, label], axis=1).reshape(6, 2, 1, 1, 1).astype(np.float32)
    pairs, same = even_pairs(drawings, label)
    first, second = pairs.reshape(6, 2).T
    assert ((first == second) == same[:, 0]).all()
    assert same.sum() == 3


@pytest.mark.parametrize("n", [2, 3, 5])
def test_few_pairs_have_a_different_one_too(n: int) -> None:
    label = np.arange(n)
    drawings = np.stack([label, label], axis=1).reshape(n, 2, 1, 1, 1).astype(np.float32)
    assert even_pairs(drawings, label)[1].sum() == n // 2


def test_only_the_twins_matrices_decay() -> None:
    embedder = SiameseEmbedder(SHORT)
    embedder.build(0)
    variables = embedder._network.trainable_variables
    optimizer = OPTIMIZERS["adamw"].make(10, variables)
    optimizer.build(variables)
    decayed = {v.path for v in variables if optimizer._use_weight_decay(v)}
    assert decayed == {v.path for v in variables if len(v.shape) > 1} - {"unit/kernel"}


def test_kochs_schedule_falls_and_its_momentum_rises() -> None:
    sgd = OPTIMIZERS["sgd"]
    assert [sgd.factor(number, 9999, 150_000) for number in (0, 1, 2)] == [1, 0.99, 0.99**2]
    assert sgd.factor(1, 9999, 75_000) == 1, "half an epoch"
    moved = keras.Variable(np.zeros(1, np.float32))
    optimizer = sgd.make(10, [moved])
    optimizer.build([moved])
    optimizer.learning_rate = 1.0
    velocity = 0.0
    for number in range(11):
        before = float(moved.numpy()[0])
        optimizer.apply([keras.ops.ones(1)], [moved])
        velocity = (0.5 + 0.4 * number / 10) * velocity - 1
        assert float(moved.numpy()[0]) - before == pytest.approx(velocity, rel=1e-5)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("siamese[network=kohc]", "no network kohc; did you mean koch?"),
        ("siamese[network=koch]", "needs side=105 and dimensions=4096, not 32 and 256; start with"),
        ("siamese[distortion=curved]", "no distortion curved; known: bent, koch"),
        ("siamese[preset=paper,side=32]", "needs side=105 and dimensions=4096, not 32 and 4096"),
        ("siamese[rate_factor=0]", "rate_factor=0.0 is not above 0"),
        ("siamese[steps=0]", "steps=0 is less than 1"),
        ("siamese[same_group=1.5]", "same_group=1.5 is a share"),
        ("siamese[optimizer=adamww]", "no optimizer adamww; did you mean adamw?"),
        ("siamese[precision=half]", "no precision half; known: bfloat16, float32"),
    ],
)
def test_what_does_not_exist_is_refused(asked: str, answer: str) -> None:
    with pytest.raises(UsageError) as refusal:
        configure(parse_method(asked), SPEC)
    assert answer in str(refusal.value)


def test_a_graphics_card_that_is_not_there_is_missed() -> None:
    if graphics_card() is not None:
        pytest.skip("this machine has one")
    with pytest.raises(MethodError, match="finds no GPU"):
        chosen_device("cuda")
