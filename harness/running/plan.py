"""The plan of a run: which jobs are left to do, once wrong requests are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from harness.errors import NothingToDo, OneShotError, UsageError
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import TASK_SEED
from harness.plugins.registry import Plugins
from harness.plugins.requirements import check_installed
from harness.protocol.dataset import Dataset, DatasetId
from harness.protocol.settings import MethodChoice, canonical, configure, parse_method
from harness.protocol.task import Task, parse_tasks, sample
from harness.running.device import check_device
from harness.running.job import Job
from harness.running.recorded import Manifests, Recorded
from harness.running.request import Request
from harness.running.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The jobs that are left to do.

    Attributes:
        jobs: each with the tasks that are not recorded yet.
        n_recorded: how many results are recorded already, comparable, and without a later failure.
        dataset: the dataset.
        requested: every job of the request, with all of its tasks.
    """

    jobs: tuple[Job, ...]
    n_recorded: int
    dataset: DatasetId
    requested: tuple[Job, ...] = ()

    @property
    def n_results(self) -> int:
        """How many results the jobs will end in."""
        return sum(len(job.tasks) for job in self.jobs)


def plan(request: Request, *, dry: bool = False) -> Plan:
    """Find out which jobs are left to do, and refuse a wrong request before anything runs.

    Args:
        request: the request.
        dry: only look: the results folder need not be writable, and the answers of records are
            not read.

    Raises:
        UsageError: a name, shape or setting does not exist, or a suite file names a method twice.
        DataError: the dataset is missing, or cannot fill a task.
        PluginError: a plugin cannot be used.
        NothingToDo: no method or no task is named.
    """
    if not request.methods or not request.tasks:
        missing = "method" if not request.methods else "task"
        raise NothingToDo(f"no {missing} was named; add --{missing} NAME; see: oneshot list")
    if not dry:
        _check_writable(request.results)
    plugins = Plugins(request.plugins)
    tasks = _tasks(request, plugins)
    candidates = list(_candidates(request, plugins))
    if not request.elsewhere:
        check_device(request.conditions.device)
    dataset = load_dataset(request.data, plugins)
    _check_filled(tasks, dataset, request.n_episodes, plugins)
    request = replace(request, n_episodes=_own_number(request.n_episodes, tasks, plugins))
    manifests = Manifests(dataset, plugins, request.n_episodes)
    recorded = Recorded(request.results, manifests, with_answers=not dry)
    requested = [_job(request, candidate, dataset, tasks) for candidate in candidates]
    jobs = [
        replace(job, tasks=left)
        for job, candidate in zip(requested, candidates, strict=True)
        if (left := tasks if request.force else _left(job, candidate, recorded))
    ]
    return Plan(
        jobs=tuple(jobs),
        n_recorded=len(requested) * len(tasks) - sum(len(job.tasks) for job in jobs),
        dataset=dataset.id,
        requested=tuple(requested),
    )


def _check_writable(results: Path) -> None:
    """Refuse a results folder that cannot be written before anything is measured for it."""
    try:
        (results / "records").mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=results / "records"):
            pass
    except OSError as failure:
        raise UsageError(
            f"--results {results}: it cannot be written ({failure.strerror}); name another folder"
        ) from failure


def _check_filled(
    tasks: Iterable[Task], dataset: Dataset, n_episodes: int | None, plugins: Plugins
) -> None:
    """Refuse tasks that the dataset cannot fill."""
    for task in tasks:
        spec = plugins.task(task.family)
        sample(spec, dataset, task, 1 if spec.shaped else n_episodes, TASK_SEED)


def _own_number(n_episodes: int | None, tasks: Iterable[Task], plugins: Plugins) -> int | None:
    """Return None for the number that every task has by itself, so that both are one record."""
    own = {plugins.task(task.family).n_episodes for task in tasks}
    return None if own == {n_episodes} else n_episodes


def _tasks(request: Request, plugins: Plugins) -> tuple[Task, ...]:
    families = plugins.listed("task")
    # a dict keeps the order and drops a task that is named twice, as 20-way and in a sweep
    found: dict[Task, None] = {}
    for text in request.tasks:
        with _refused_at(request.named_at.get(text)):
            found |= dict.fromkeys(parse_tasks(text, families))
    return tuple(found)


@contextmanager
def _refused_at(where: str | None) -> Iterator[None]:
    """Begin a refusal with the key of the suite file that names what is refused."""
    try:
        yield
    except OneShotError as refusal:
        if where is None:
            raise
        raise type(refusal)(f"{where}: {refusal}") from refusal


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A method with its settings, in canonical spelling and in full, its code, seed and needs."""

    choice: MethodChoice
    configuration: Mapping[str, Any]
    source: str
    seed: int
    resources: Resources


def _candidates(request: Request, plugins: Plugins) -> Iterator[_Candidate]:
    """Yield each method with each of its seeds; a method that is named twice once."""
    seen, sources = set[MethodChoice](), dict[str, str]()
    for text in request.methods:
        where = request.named_at.get(text)
        with _refused_at(where):
            written = parse_method(text)
            spec = plugins.method(written.name)
            check_installed(spec, request.conditions.keras_backend)
            choice = canonical(written, spec)
            if choice in seen and where is not None:
                raise UsageError(f"{text} is {choice}, which is named already; once is enough")
        if choice in seen:
            continue
        seen.add(choice)
        configuration = asdict(configure(choice, spec))
        if choice.name not in sources:
            sources[choice.name] = plugins.source("method", choice.name)
        for seed in request.seeds if spec.seeded else (0,):
            yield _Candidate(
                choice=choice,
                configuration=configuration,
                source=sources[choice.name],
                seed=seed,
                resources=request.own_resources.get(text, Resources()),
            )


def _job(request: Request, candidate: _Candidate, dataset: Dataset, tasks: tuple[Task, ...]) -> Job:
    """Return the job of one method and seed, with all tasks."""
    # a job that is to compute on a card requests one
    card = Resources(gpu=1) if request.conditions.device == "cuda" else Resources()
    return Job(
        data=request.data,
        dataset=dataset.id,
        choice=candidate.choice,
        seed=candidate.seed,
        tasks=tasks,
        n_episodes=request.n_episodes,
        plugins=tuple(file.absolute() for file in request.plugins),
        conditions=replace(request.conditions, refit=request.force),
        resources=candidate.resources.over(request.resources).over(card),
    )


def _left(job: Job, candidate: _Candidate, recorded: Recorded) -> tuple[Task, ...]:
    """Return the tasks of a job that are not recorded."""
    return tuple(
        task
        for task in job.tasks
        if not recorded.has(
            job, task, configuration=candidate.configuration, source=candidate.source
        )
    )
