"""A job: one method, fitted once with one seed, answering any number of tasks."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from harness.errors import MethodError, one_line
from harness.learning.embedding import EmbeddingMethod
from harness.learning.model_cache import Fit, Origin, is_kept
from harness.learning.point import Point
from harness.learning.training import Progress
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.plugins.source import source_hash
from harness.protocol.dataset import Dataset, DatasetId
from harness.protocol.episodes import Dealt, Episodes
from harness.protocol.method import Method, MethodSpec, checked_scores
from harness.protocol.outcome import judge
from harness.protocol.settings import MethodChoice, configure
from harness.protocol.task import Task
from harness.records.learning_curve import LearningCurve
from harness.records.record import Cost, Failure, Identity, Record
from harness.running.device import graphics_card
from harness.running.events import Fitting, Kept, Result
from harness.running.fitting import Conditions, fit
from harness.running.machine import environment, module_version, peak_memory, threads
from harness.running.reference import Meter
from harness.running.resources import Resources
from harness.storage.dataclass_json import from_text, to_text

COMPUTED_WITH = ("numpy", "scipy", "scikit-learn")
"""Distributions of the harness's own that a fitted model depends on."""
DECIDES_WHAT_IS_LEARNT = ("training", "from_sklearn")
"""Modules of the harness's own: the loop, the validation, and how images are prepared."""
WATCH_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Job:
    """One method, with its settings and seed, and the tasks that it answers.

    Attributes:
        data: the dataset as it was requested, which may hold a path.
        dataset: the dataset, as the plan read it.
        choice: the method, in canonical spelling.
        seed: the method's seed.
        tasks: the tasks.
        n_episodes: how many of each; None for each task's own number.
        plugins: plugin files that may be needed.
        conditions: where and how it computes.
        resources: what it requests of the machine that runs it.
    """

    data: str
    dataset: DatasetId
    choice: MethodChoice
    seed: int
    tasks: tuple[Task, ...]
    n_episodes: int | None
    plugins: tuple[Path, ...] = ()
    conditions: Conditions = Conditions()
    resources: Resources = Resources()

    def identity(self, task: Task) -> Identity:
        """Return the identity of the record that answering ``task`` ends in."""
        return Identity(
            dataset=self.dataset,
            task=str(task),
            n_episodes=self.n_episodes,
            method=self.choice.name,
            settings=dict(self.choice.pairs),
            seed=self.seed,
        )

    def to_json(self) -> str:
        """Return the job as one line of JSON."""
        return to_text(self)

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Read what ``to_json`` wrote."""
        return from_text(text, cls)


def perform(job: Job, watch: Callable[[Fitting], None]) -> Iterator[Result | LearningCurve | Kept]:
    """Fit the method, then yield each task's record or failure as soon as it exists.

    The learning curve and the key of the kept model are yielded before them, if there are any.

    Args:
        job: the job.
        watch: called now and then with the progress of a training.

    Raises:
        MethodError: the method cannot score, or its training went wrong.
        Exception: whatever building or fitting the method raises.
    """
    plugins = Plugins(job.plugins)
    spec = plugins.method(job.choice.name)
    dataset = load_dataset(job.data, plugins)
    meter = Meter()
    method = _built(job, spec)
    origin = _origin(job, spec, dataset, plugins)
    try:
        done = fit(method, dataset.background, origin, job.conditions, _Watch(job, watch))
    except MethodError as failure:
        raise MethodError(f"{job.choice}, seed {job.seed}: {failure}") from failure
    meter.sample()
    if done.points:
        yield _curve(job, done.points)
    if job.conditions.keep and is_kept(origin):
        yield Kept(key=origin.key)
    fitted = _Fitted(job=job, spec=spec, source=origin.source, method=method, fit=done, meter=meter)
    for task in job.tasks:
        try:
            yield _answer(fitted, task, dealt(dataset, task, job.n_episodes, plugins))
        except Exception as failure:  # the other tasks go on
            yield _failed(job, task, failure)


def _failed(job: Job, task: Task, failure: Exception) -> Failure:
    return Failure(
        identity=job.identity(task),
        reason=one_line(failure),
        details=traceback.format_exc(),
        environment=environment(),
    )


def _built(job: Job, spec: MethodSpec) -> Method:
    method = spec.build(configure(job.choice, spec))
    if not callable(getattr(method, "score", None)):
        raise MethodError(
            f"{job.choice.name}: build returned {type(method).__name__}, which has no score; wrap "
            "an embedding with from_embedding, a classifier with from_sklearn"
        )
    return method


class _Watch:
    """Passes the progress of a training on, not more often than anyone can read."""

    def __init__(self, job: Job, watch: Callable[[Fitting], None]) -> None:
        self._job, self._watch, self._not_before = job, watch, 0.0

    def __call__(self, progress: Progress) -> None:
        now = perf_counter()
        if now >= self._not_before or progress.step == progress.n_steps:
            self._not_before = now + WATCH_SECONDS
            job = self._job
            self._watch(Fitting(choice=job.choice, seed=job.seed, progress=progress))


def _origin(job: Job, spec: MethodSpec, dataset: Dataset, plugins: Plugins) -> Origin:
    """Return everything that the fitted model will depend on."""
    versions = {name: version(name) for name in (*COMPUTED_WITH, *spec.requires)}
    if "keras" in spec.requires:
        backend = job.conditions.keras_backend
        versions[backend] = module_version(backend)
    versions["method"] = plugins.version("method", spec.name)
    versions["oneshot-harness"] = version("oneshot-harness")
    for module in DECIDES_WHAT_IS_LEARNT:
        versions[f"harness.{module}"] = source_hash(
            Path(__file__).parents[1] / "learning" / f"{module}.py", f"harness.learning.{module}"
        )
    return Origin(
        method=spec.name,
        settings=dict(job.choice.pairs),
        configuration=asdict(configure(job.choice, spec)),
        source=plugins.source("method", spec.name),
        seed=job.seed,
        dataset=dataset.name,
        background=dataset.background.digest,
        versions=versions,
        device="cpu" if job.conditions.device == "cpu" else graphics_card() or "cpu",
        threads=threads(),
    )


def _curve(job: Job, points: tuple[Point, ...]) -> LearningCurve:
    return LearningCurve(
        dataset=job.dataset,
        method=job.choice.name,
        settings=dict(job.choice.pairs),
        seed=job.seed,
        points=points,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    """A fitted method, and the values that all of its records share."""

    job: Job
    spec: MethodSpec
    source: str
    method: Method
    fit: Fit
    meter: Meter

    @property
    def n_embedded(self) -> int | None:
        return self.method.n_embedded if isinstance(self.method, EmbeddingMethod) else None


def _answer(fitted: _Fitted, task: Task, ready: Dealt) -> Record:
    job, spec, episodes = fitted.job, fitted.spec, ready.episodes
    before = fitted.n_embedded
    scores, seconds = _timed_scores(fitted.method, episodes)
    fitted.meter.sample()
    checked = checked_scores(scores, episodes, job.choice.name)
    return Record(
        identity=job.identity(task),
        seeded=spec.seeded,
        transductive=spec.transductive,
        framework=spec.framework,
        configuration=asdict(configure(job.choice, spec)),
        source=fitted.source,
        n_way=episodes.n_way,
        n_shot=episodes.n_shot,
        manifest=ready.key.manifest,
        outcomes=judge(checked, ready.key.truth),
        cluster=ready.key.cluster,
        clusters=ready.key.clusters,
        cost=Cost(
            fit_seconds=fitted.fit.seconds,
            score_seconds=seconds,
            embedded=None if before is None else (fitted.n_embedded or 0) - before,
            peak_memory=max(fitted.fit.peak_memory, peak_memory()),
            parameters=getattr(fitted.method, "n_parameters", None),
            cached=fitted.fit.cached,
            reference=fitted.meter.reference,
        ),
        environment={**environment(), **_fitted_elsewhere(fitted.fit)},
    )


def _fitted_elsewhere(fit: Fit) -> dict[str, Any]:
    """Return the environment that a model was fitted in, if an earlier job fitted it."""
    return {"fitted": dict(fit.environment)} if fit.cached else {}


def _timed_scores(method: Method, episodes: Episodes) -> tuple[Any, float]:
    """Return a method's scores and the seconds they took, embedding included.

    Images that an earlier task of this job embedded are charged at the measured mean, so that
    the cost of a task does not depend on the order of the tasks.
    """
    # unpacking the pool into words is the harness's work, and no time of the method
    _ = episodes.pool.words
    spent = method.seconds_embedding if isinstance(method, EmbeddingMethod) else 0.0
    started = perf_counter()
    scores = method.score(episodes)
    seconds = perf_counter() - started
    if isinstance(method, EmbeddingMethod) and method.n_embedded:
        seconds -= method.seconds_embedding - spent
        seconds += len(episodes.rows) * method.seconds_embedding / method.n_embedded
    return scores, seconds
