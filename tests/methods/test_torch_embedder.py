from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import Dataset, Episodes, Images, MethodError, Split, Task, Training
from harness.learning.embedding import EmbeddingMethod
from harness.protocol.episodes import deal
from harness.protocol.outcome import judge
from methods import matching, prototypical, transfer
from methods.background_batches import BackgroundBatches
from methods.l2_1nn import EuclideanNeighbour
from methods.recipe import Recipe
from methods.torch_embedder import TorchLearner, chosen_device
from tasks import across

torch = pytest.importorskip("torch")

MODULES = {"matching": matching, "prototypical": prototypical, "transfer": transfer}
Builder = Callable[..., EmbeddingMethod]


@pytest.fixture(params=["matching", "matching fce", "prototypical", "transfer"])
def build(request: pytest.FixtureRequest) -> Builder:
    name, _, fce = request.param.partition(" ")
    spec = MODULES[name].oneshot_method()

    def made(steps: int = 3, **more: float) -> EmbeddingMethod:
        more |= {"fce": True} if fce else {}
        return spec.build(replace(spec.presets["tiny"], steps=steps, **({"classes": 12} | more)))

    return made


def fitted(build: Builder, dataset: Dataset, seed: int = 0, **settings: float) -> EmbeddingMethod:
    method = build(**settings)
    method.fit(dataset.background, Training(seed=seed))
    return method


def shown(dataset: Dataset, n_way: int = 5, n_shot: int = 1) -> Episodes:
    task = Task(family="across", n_way=n_way, n_shot=n_shot)
    return deal(across.draw(dataset, task, 50, seed=0), dataset.evaluation, seed=0).episodes


def test_the_same_seed_gives_the_same_scores_and_another_one_does_not(
    build: Builder, tiny: Dataset
) -> None:
    one, same, other = (fitted(build, tiny, seed=seed).score(shown(tiny)) for seed in (0, 0, 1))
    assert (one == same).all()
    assert (one != other).any()


def test_what_was_fitted_comes_back(build: Builder, tiny: Dataset, tmp_path: Path) -> None:
    first, second = fitted(build, tiny), build()
    first.save(tmp_path)
    second.load(tmp_path)
    for episodes in (shown(tiny), shown(tiny, n_way=3, n_shot=2)):
        assert (first.score(episodes) == second.score(episodes)).all()
    assert first.n_parameters == second.n_parameters
    assert second.n_parameters is not None and second.n_parameters > 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors"}


def test_a_resumed_learner_goes_on_as_it_would_have(
    build: Builder, tiny: Dataset, tmp_path: Path
) -> None:
    batches = BackgroundBatches(tiny.background, n_classes=12, n_drawings=2)

    def learner() -> TorchLearner:
        embedder = build().embedder
        embedder.build(batches.n_all, seed=7)
        return TorchLearner(embedder, batches)

    def steps(learner: TorchLearner, numbers: range) -> list[float]:
        return [learner.step(number, np.random.default_rng(number)) for number in numbers]

    through, resumed = learner(), learner()
    steps(through, range(3))
    through.save(tmp_path)
    resumed.load(tmp_path)
    assert steps(through, range(3, 7)) == steps(resumed, range(3, 7))
    assert (through.score(shown(tiny)) == resumed.score(shown(tiny))).all()


def test_an_image_is_embedded_as_it_is_alone(build: Builder, tiny: Dataset) -> None:
    embed, ink = fitted(build, tiny).embedder.embed, tiny.evaluation.images.ink()
    before = embed(ink)
    assert before[3] == pytest.approx(embed(ink[3:4])[0], abs=1e-4)
    assert (embed(ink) == before).all(), "embedding learns nothing"


def patches(seed: int) -> Split:
    """Make 48 characters of 4 x 4 large squares, which every drawer puts elsewhere."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((48, 5, 26, 26), bool)
    ink[:, :, 5:21, 5:21] = (rng.random((48, 1, 4, 4)) < 0.5).repeat(4, axis=2).repeat(4, axis=3)
    for place in np.ndindex(48, 5):
        ink[place] = np.roll(ink[place], rng.integers(-4, 5, 2), axis=(0, 1))
    return Split(
        images=Images.from_ink(ink.reshape(-1, 26, 26)),
        label=np.arange(48, dtype=np.int32).repeat(5),
        source=np.tile(np.arange(5, dtype=np.int32), 48),
        group=np.arange(6, dtype=np.int32).repeat(8),
        groups=tuple("ABCDEF"),
        classes=tuple(f"{c}" for c in range(48)),
    )


def test_it_learns_to_recognise_what_was_moved(build: Builder) -> None:
    dataset = Dataset(name="d", synthetic=True, background=patches(1), evaluation=patches(2))
    task = Task(family="across", n_way=20, n_shot=1)
    dealt = deal(across.draw(dataset, task, 300, seed=0), dataset.evaluation, seed=0)

    method = fitted(build, dataset, steps=120, classes=24)
    learnt, pixels = (
        judge(np.asarray(answering.score(dealt.episodes)), dealt.key.truth).credit.mean()
        for answering in (method, EuclideanNeighbour())
    )
    assert learnt > 2 * pixels, "chance is 0.05, pixels are at 0.2"


def test_cuda_that_is_not_there_is_said() -> None:
    if torch.cuda.is_available():
        assert chosen_device("auto") == chosen_device("cuda") == "cuda"
    else:
        with pytest.raises(MethodError, match="no CUDA device"):
            chosen_device("cuda")
        assert chosen_device("auto") == "cpu"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("views", 0),
        ("side", 8),
        ("steps", 0),
        ("validations", 0),
        ("classes", 1),
        ("drawings", 1),
        ("held_out", 0),
        ("dimensions", 0),
        ("learning_rate", -1.0),
        ("scale", 1.0),
        ("same_group", 1.5),
        ("precision", "bfloat17"),
    ],
)
def test_settings_that_mean_nothing_are_refused(setting: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{setting}={value}|no {setting} {value}; did you mean"):
        Recipe(**{setting: value})
