"""Methods that are wrong on purpose: each fails exactly the check for its fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from textwrap import indent

import pytest

from harness import Dataset
from harness.conformance import CHECKS, CheckResult, conform, small_dataset

GOOD = '''
import hashlib
from pathlib import Path

import numpy as np

from harness import Images, MethodSpec, hookimpl
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins


class Good:
    """Compares the ink in each cell of a grid, by how much that varies in the background."""

    def fit(self, background, training):
        self.spread = self.cells(background.images.ink()).std(axis=0) + 0.05

    def score(self, episodes):
        query, support = self.vectors(episodes)
        return -self.distances(query, support).min(axis=-1)

    def vectors(self, episodes):
        table = np.zeros((len(episodes.pool), 49))
        table[episodes.rows] = self.embed(episodes.pool.ink(episodes.rows))
        return table[episodes.query], table[episodes.support]

    def embed(self, images):  # (n, height, width) -> (n, 49)
        return self.cells(images) / self.spread

    def cells(self, images):
        return images.reshape(len(images), 7, 15, 7, 15).mean(axis=(2, 4)).reshape(-1, 49)

    def distances(self, query, support):  # (n_episodes, n_query, n_way, n_shot)
        return np.linalg.norm(query[:, :, None, None] - support[:, None], axis=-1)

    def save(self, folder):
        np.save(folder / "spread.npy", self.spread)

    def load(self, folder):
        self.spread = np.load(folder / "spread.npy")


class NothingToLearn(Good):
    """The same without a background."""

    fit = save = load = property()  # as if they were not there
    spread = 0.1
'''

REGISTRATION = """

@hookimpl
def oneshot_method():
    return MethodSpec(name="faulty", build=lambda settings: Faulty(){declared})
"""


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A method with one fault.

    Attributes:
        check: the check that finds the fault.
        fault: the fault, in a few words.
        body: the body of its class.
        base: the base class, which has no fault.
        declared: further arguments of its ``MethodSpec``.
    """

    check: str
    fault: str
    body: str
    base: str = "Good"
    declared: str = ""

    def __str__(self) -> str:
        return f"{self.check}: {self.fault}"

    @property
    def plugin(self) -> str:
        head = f"\n\nclass Faulty({self.base}):\n"
        return GOOD + head + indent(self.body.strip("\n"), "    ") + REGISTRATION.format(
            declared=f", {self.declared}" if self.declared else ""
        )  # fmt: skip


BAD = (
    Bad(
        check="shape",
        fault="drops every axis of length 1",
        body="""
def score(self, episodes):
    return super().score(episodes).squeeze()
""",
    ),
    Bad(
        check="shape",
        fault="knows five ways only",
        body="""
def score(self, episodes):
    scores = np.empty((len(episodes), episodes.n_query, 5))
    scores[:] = super().score(episodes)
    return scores
""",
    ),
    Bad(
        check="shape",
        fault="forgets the return",
        body="""
def score(self, episodes):
    super().score(episodes)
""",
    ),
    Bad(
        check="shape",
        fault="crashes while it is fitted",
        body="""
def fit(self, background, training):
    self.spread = background.spread
""",
    ),
    Bad(
        check="no-nan",
        fault="divides by the deviation of a class's images, also of one",
        body="""
def score(self, episodes):
    query, support = self.vectors(episodes)
    mean = support.mean(axis=2, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = ((support - mean) ** 2).sum(axis=2) / (episodes.n_shot - 1)  # 0 / 0
    away = (query[:, :, None] - mean[:, None, :, 0]) ** 2
    return -(away / (1 + variance[:, None])).sum(axis=-1)
""",
    ),
    Bad(
        check="discriminates",
        fault="divides integers until all are 0",
        body="""
def cells(self, images):
    return images.reshape(len(images), 7, 15, 7, 15).sum(axis=(2, 4)).reshape(-1, 49) // 15**2 // 2
""",
    ),
    Bad(
        check="higher-is-more-alike",
        fault="returns distances",
        body="""
def score(self, episodes):
    return -super().score(episodes)
""",
    ),
    Bad(
        check="inputs-unmodified",
        fault="shuffles the background's own table while it is fitted",
        body="""
def fit(self, background, training):
    np.random.default_rng(training.seed).shuffle(background.rows_of_class)
    super().fit(background, training)
""",
    ),
    Bad(
        check="inputs-unmodified",
        fault="turns the episodes' own table around",
        body="""
def score(self, episodes):
    episodes.rows[:] = episodes.rows[::-1]
    return super().score(episodes)
""",
    ),
    Bad(
        check="asked-twice",
        fault="goes on learning while it answers",
        body="""
def embed(self, images):
    self.spread = 0.9 * self.spread + 0.1 * self.cells(images).std(axis=0)
    return super().embed(images)
""",
    ),
    Bad(
        check="asked-twice",
        fault="leaves dropout on",
        body="""
def embed(self, images):
    return super().embed(images) * (np.random.default_rng().random(49) < 0.9)
""",
    ),
    Bad(
        check="made-twice",
        fault="projects at random, another way each time it is built",
        base="NothingToLearn",
        body="""
def __init__(self):
    self.projection = np.random.default_rng().normal(size=(49, 20))

def vectors(self, episodes):
    return (vectors @ self.projection for vectors in super().vectors(episodes))
""",
    ),
    Bad(
        check="save-and-load",
        fault="forgets to save what it needs",
        body="""
def fit(self, background, training):
    super().fit(background, training)
    self.centre = self.cells(background.images.ink()).mean(axis=0)

def embed(self, images):
    return (self.cells(images) - self.centre) / self.spread
""",
    ),
    Bad(
        check="save-and-load",
        fault="saves in less precision than it learnt in",
        body="""
def save(self, folder):
    np.save(folder / "spread.npy", self.spread.astype(np.float32))
""",
    ),
    Bad(
        check="save-and-load",
        fault="cannot be loaded",
        body="""
def save(self, folder):
    np.save(folder / "spread.npy", self.spread.astype(object))  # a pickle
""",
    ),
    Bad(
        check="save-and-load",
        fault="has no load",
        body="""
load = property()
""",
    ),
    Bad(
        check="episodes-alone",
        fault="normalises by the batch",
        body="""
def embed(self, images):
    cells = self.cells(images)
    return (cells - cells.mean(axis=0)) / (cells.std(axis=0) + 0.01)
""",
    ),
    Bad(
        check="episodes-alone",
        fault="drops what is left over after the last whole batch",
        body="""
def score(self, episodes):
    scores = np.zeros((len(episodes), episodes.n_query, episodes.n_way))
    for start in range(0, len(episodes) // 16 * 16, 16):
        scores[start : start + 16] = super().score(episodes[start : start + 16])
    return scores
""",
    ),
    Bad(
        check="queries-alone",
        fault="assigns the queries to the ways jointly, undeclared",
        body="""
def score(self, episodes):
    from scipy.optimize import linear_sum_assignment

    scores = super().score(episodes)
    for episode in scores:
        query, way = linear_sum_assignment(episode, maximize=True)
        episode[query, way] += 100
    return scores
""",
    ),
    Bad(
        check="class-order",
        fault="breaks ties by the position of the way",
        body="""
def score(self, episodes):
    return super().score(episodes).round() - 0.1 * np.arange(episodes.n_way)
""",
    ),
    Bad(
        check="shot-order",
        fault="looks at the first shot only",
        body="""
def score(self, episodes):
    query, support = self.vectors(episodes)
    return -self.distances(query, support)[..., 0]
""",
    ),
    Bad(
        check="query-order",
        fault="lets the first query choose first",
        declared="transductive=True",
        body="""
def score(self, episodes):
    scores = super().score(episodes)
    for episode in scores:
        for index, query in enumerate(episode):
            episode[index + 1 :, query.argmax()] -= 100  # taken
    return scores
""",
    ),
    Bad(
        check="episode-order",
        fault="centres on the mean of the episodes so far",
        declared="transductive=True",
        body="""
def score(self, episodes):
    scores = np.empty((len(episodes), episodes.n_query, episodes.n_way))
    mean = 0.0
    for index, (query, support) in enumerate(zip(*self.vectors(episodes))):
        mean = 0.9 * mean + 0.1 * support.mean(axis=(0, 1))
        unit = [part - mean for part in (query, support)]
        unit = [part / np.linalg.norm(part, axis=-1, keepdims=True) for part in unit]
        scores[index] = np.einsum("qd,wsd->qws", *unit).max(axis=-1)
    return scores
""",
    ),
    Bad(
        check="pool-order",
        fault="takes images in neighbouring rows for alike",
        body="""
def score(self, episodes):
    away = np.abs(episodes.query[:, :, None, None] - episodes.support[:, None]).min(axis=-1)
    return super().score(episodes) + np.exp(-away / 20)
""",
    ),
    Bad(
        check="row-identity",
        fault="centres on the mean of the whole pool",
        body="""
def vectors(self, episodes):
    mean = self.embed(episodes.pool.ink()).mean(axis=0)
    unit = [part - mean for part in super().vectors(episodes)]
    return [part / np.linalg.norm(part, axis=-1, keepdims=True) for part in unit]
""",
    ),
    Bad(
        check="row-identity",
        fault="weighs an image by how often its row is shown",
        declared="transductive=True",
        body="""
def score(self, episodes):
    shown = np.bincount(episodes.support.ravel(), minlength=len(episodes.pool))
    return super().score(episodes) - shown[episodes.support].mean(axis=-1)[:, None]
""",
    ),
    Bad(
        check="another-pool",
        fault="keeps vectors by the row alone",
        body="""
def vectors(self, episodes):
    known = self.__dict__.setdefault("known", {})
    new = [row for row in episodes.rows.tolist() if row not in known]
    if new:
        known.update(zip(new, self.embed(episodes.pool.ink(np.array(new)))))
    return [np.array([known[row] for row in rows.ravel().tolist()]).reshape(*rows.shape, 49)
            for rows in (episodes.query, episodes.support)]
""",
    ),
    Bad(
        check="pixel-identity",
        fault="looks images up in a table of known ones",
        base="NothingToLearn",
        body="""
known = dict(map(str.split, Path(__file__).with_name("known.txt").read_text().splitlines()))

def embed(self, images):
    vectors = np.zeros((len(images), 49))
    for vector, image in zip(vectors, images):
        label = self.known.get(hashlib.sha256(image.tobytes()).hexdigest())
        if label is not None:
            vector[int(label) % 49] = 1
    return vectors
""",
    ),
    Bad(
        check="two-processes",
        fault="draws from an unseeded generator while it is fitted",
        declared="seeded=True",
        body="""
def fit(self, background, training):
    super().fit(background, training)
    self.spread *= np.random.default_rng().uniform(0.5, 2, 49)
""",
    ),
    Bad(
        check="two-processes",
        fault="learns from the first names of a set",
        body="""
def fit(self, background, training):
    few = list(set(background.classes))[:20]
    rows = background.rows_of_class[[background.classes.index(name) for name in few]]
    self.spread = self.cells(background.images.ink(rows.ravel())).std(axis=0) + 0.05
""",
    ),
    Bad(
        check="seed-as-declared",
        fault="draws by the seed, undeclared",
        body="""
def fit(self, background, training):
    super().fit(background, training)
    self.spread *= np.random.default_rng(training.seed).uniform(0.5, 2, 49)
""",
    ),
    Bad(
        check="seed-as-declared",
        fault="ignores the seed that it declares to use",
        declared="seeded=True",
        body="""
def fit(self, background, training):
    super().fit(background, training)
    self.spread *= np.random.default_rng(0).uniform(0.5, 2, 49)
""",
    ),
    Bad(
        check="seed-as-declared",
        fault="is declared seeded and has no fit",
        base="NothingToLearn",
        declared="seeded=True",
        body="pass",
    ),
    Bad(
        check="background-only",
        fault="learns from the evaluation split",
        body="""
def fit(self, background, training):
    everything = load_dataset("sketch", Plugins())
    super().fit(everything.evaluation, training)
""",
    ),
)


@pytest.fixture(scope="module")
def small(tests_cache: Path) -> Dataset:
    """The small dataset, made once for all methods here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_CACHE", str(tests_cache))
        return small_dataset()


def outcomes(results: tuple[CheckResult, ...]) -> dict[str, set[str]]:
    """Return the checks of each outcome."""
    found: dict[str, set[str]] = {}
    for result in results:
        found.setdefault(result.outcome, set()).add(result.check)
    return found


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_exactly_its_check_finds_a_fault(
    bad: Bad, small: Dataset, plugin_file: Callable[..., Path]
) -> None:
    file = plugin_file(bad.plugin)
    known = small.evaluation
    digests = [sha256(image.tobytes()).hexdigest() for image in known.images.ink()]
    lines = [f"{d} {c}" for d, c in zip(digests, known.label.tolist(), strict=True)]
    file.with_name("known.txt").write_text("\n".join(lines))
    results = conform("faulty", (file,), small)
    failed = {result.check: result.reason for result in results if result.outcome == "failed"}
    assert set(failed) == {bad.check}, failed
    assert "\n" not in failed[bad.check]
    waiting = {result.reason for result in results if result.outcome == "blocked"}
    assert waiting <= {f"waits for {bad.check}"}


def test_every_check_finds_a_fault() -> None:
    assert {bad.check for bad in BAD} == {check.name for check in CHECKS}


@pytest.mark.parametrize(
    ("base", "declared", "expected"),
    [
        ("Good", "", {"made-twice"}),
        ("NothingToLearn", "", {"save-and-load", "seed-as-declared"}),
        ("Good", "transductive=True", {"made-twice", "episodes-alone", "queries-alone"}),
    ],
)
def test_a_good_method_passes_whatever_applies(
    base: str, declared: str, expected: set[str], small: Dataset, plugin_file: Callable[..., Path]
) -> None:
    good = Bad(check="", fault="", base=base, body="pass", declared=declared)
    found = outcomes(conform("faulty", (plugin_file(good.plugin),), small))
    assert found.pop("does not apply") == expected
    assert found == {"passed": {check.name for check in CHECKS} - expected}
