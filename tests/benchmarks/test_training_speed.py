from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from harness import Dataset, Episodes, Task, Training
from harness.learning.checkpoints import Checkpoints
from harness.protocol.episodes import deal
from methods.background_batches import BackgroundBatches
from methods.distortion import DISTORTIONS
from methods.siamese import PRESETS, SiameseEmbedder
from methods.siamese_training import all_pairs
from tasks import across

N_TUTORIAL = 50
"""Tasks of the tutorial's loop that are timed; its cost per task does not depend on how many."""
N_SCORED = 1280
"""Tasks of ours whose scoring is timed; it grows with their number."""
N_TASKS = 10_000
N_STEPS = 100


@pytest.mark.real
def test_siamese_paper_against_the_tutorials_loop(omniglot: Dataset, benchmark, ratios) -> None:
    """What is learnt changes no time, so the network is a fresh one."""
    embedder = SiameseEmbedder(PRESETS["paper"])
    embedder.build(0)
    task = Task(family="across", n_way=20, n_shot=1)
    draw = across.draw(omniglot, task, N_TASKS, seed=0)
    episodes = deal(draw, omniglot.evaluation, seed=0).episodes
    pool, few, more = episodes.pool, episodes[:N_TUTORIAL], episodes[:N_SCORED]

    def loop() -> list[int]:
        return [_predicted(embedder, few[place : place + 1]) for place in range(N_TUTORIAL)]

    def embed() -> np.ndarray:
        return embedder.embed(pool.ink(few.rows))

    vectors = np.zeros((len(pool), 4096), np.float32)
    vectors[few.rows] = embed()

    def score() -> None:
        for start in range(0, N_SCORED, 128):
            part = more[start : start + 128]
            embedder.similarity(vectors[part.query], vectors[part.support])

    scores = embedder.similarity(vectors[few.query], vectors[few.support])[:, 0]
    chosen = scores[np.arange(N_TUTORIAL), loop()]
    assert chosen == pytest.approx(scores.max(axis=1), abs=1e-3)
    measured = []
    for _ in range(3):
        of_loop, of_embed, of_score = (_seconds(call) for call in (loop, embed, score))
        ours = of_embed * len(episodes.rows) / len(few.rows) + of_score * N_TASKS / N_SCORED
        measured.append(of_loop * N_TASKS / N_TUTORIAL / ours)
    benchmark.pedantic(score, rounds=2)
    ratio = float(np.median(measured))
    ratios.add("siamese[preset=paper] against predict for each task", ratio, ">= 30", ratio >= 30)


def _predicted(embedder: SiameseEmbedder, episode: Episodes) -> int:
    """Answer one task as the tutorial does: the query beside every support, and one predict."""
    support = episode.pool.ink(episode.support[0, :, 0]).astype(np.float32)
    query = np.broadcast_to(episode.pool.ink(episode.query[0]), support.shape)
    pairs = np.stack([query.astype(np.float32), support], axis=1)[..., None]
    return int(np.argmax(embedder._network.predict(pairs, verbose=0)))


@pytest.mark.real
def test_the_harness_loop_against_a_bare_keras_loop(
    omniglot: Dataset, side_by_side, ratios, tmp_path: Path
) -> None:
    """The same network on the same batches, checkpoints included on our side alone."""
    config = PRESETS["tiny"]
    embedder = SiameseEmbedder(config)
    embedder.build(0)
    batches = BackgroundBatches(
        omniglot.background,
        n_classes=config.classes,
        n_drawings=2,
        same_group=config.same_group,
    )
    learner, network = embedder._learner(batches), embedder._network

    distortion = DISTORTIONS[config.distortion]

    def bare() -> None:
        for number in range(N_STEPS):
            rng = np.random.default_rng((0, number))
            images = batches.images(batches.draw(rng), config.side, distortion, rng)
            pairs = images.reshape(-1, 2, config.side, config.side, 1)
            network.train_on_batch(pairs, *all_pairs(len(pairs)))

    runs = iter(range(100))

    def ours() -> None:
        kept = Checkpoints(tmp_path / str(next(runs)), {})
        training = Training(seed=0, checkpoints=kept, checkpoint_seconds=0.5)
        training.run(learner, n_steps=N_STEPS, held_out=None, validate_every=N_STEPS)

    ratio = side_by_side(ours, bare, rounds=9)
    ratios.add("the harness's training loop against a bare one", ratio, "<= 1.03", ratio <= 1.03)


def _seconds(call) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started
