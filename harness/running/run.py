"""Planning and running: from what was asked, through jobs, to records in the results folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from harness.errors import NothingToDo, OneShotError, RecordError, UsageError
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import TASK_SEED
from harness.plugins.registry import Plugins
from harness.plugins.requirements import check_installed
from harness.protocol.dataset import Dataset
from harness.protocol.settings import MethodChoice, canonical, configure, parse_method
from harness.protocol.task import Task, parse_tasks, sample
from harness.records.learning_curve import LearningCurve
from harness.records.record import Failure, Record
from harness.records.store import write, write_curve
from harness.running.device import check_device
from harness.running.engine import Engine
from harness.running.events import Event
from harness.running.fitting import Conditions
from harness.running.job import Job
from harness.running.job_process import Notify
from harness.running.recorded import Manifests, Recorded
from harness.running.resources import Resources


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a user asks for: every method on every task, with every seed.

    Attributes:
        data: the dataset as written on the command line.
        methods: as ``NAME[key=value,...]``.
        tasks: as ``across-20w1s``; a sweep counts as its tasks.
        seeds: given to methods that a seed changes; the others run once, with seed 0.
        n_episodes: of each task; None for each task's own number.
        results: the results folder.
        plugins: plugin files.
        force: run again what is recorded, and fit again what was fitted.
        conditions: where methods compute.
        resources: what each job asks of the machine that runs it.
        own_resources: what jobs of some methods ask instead, by the method as written.
        elsewhere: whether jobs run on other machines, whose graphics cards are not known here.
        named_at: where a suite's file names methods and tasks, by how they are written here.
    """

    data: str
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    n_episodes: int | None = None
    results: Path
    plugins: tuple[Path, ...] = ()
    force: bool = False
    conditions: Conditions = Conditions()
    resources: Resources = Resources()
    own_resources: Mapping[str, Resources] = field(default_factory=dict)
    elsewhere: bool = False
    named_at: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is left to do.

    Attributes:
        jobs: each with the tasks that are not recorded yet.
        n_recorded: records that stand already, are comparable, and that no failure came after.
        dataset: the dataset's name.
        synthetic: whether a program drew it.
        asked: every job that was asked for, with all of its tasks.
    """

    jobs: tuple[Job, ...]
    n_recorded: int
    dataset: str
    synthetic: bool
    asked: tuple[Job, ...] = ()

    @property
    def n_results(self) -> int:
        """How many results the jobs will end in."""
        return sum(len(job.tasks) for job in self.jobs)


def plan(request: Request, *, dry: bool = False) -> Plan:
    """Find out what is left to do, and refuse what cannot be done before anything runs.

    Args:
        request: what is asked for.
        dry: only look: the results folder need not be one that can be written, and records are
            not read to their last answer.

    Raises:
        UsageError: a name, shape or setting that does not exist, or a suite's file that names a
            method twice.
        DataError: a dataset that cannot be had, or cannot fill a task.
        PluginError: a plugin that cannot be used.
        NothingToDo: no method or no task was named.
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
    for task in tasks:
        spec = plugins.get("task", task.family)
        sample(spec, dataset, task, 1 if spec.shaped else request.n_episodes, TASK_SEED)
    request = replace(request, n_episodes=_own_number(request.n_episodes, tasks, plugins))
    manifests = Manifests(dataset, plugins, request.n_episodes)
    recorded = Recorded(request.results, manifests, to_the_last=not dry)
    jobs, asked = [], []
    for candidate in candidates:
        job = _job(request, candidate, dataset, tasks)
        asked.append(job)
        left = tuple(
            task
            for task in tasks
            if request.force
            or not recorded.has(
                job, task, configuration=candidate.configuration, source=candidate.source
            )
        )
        if left:
            jobs.append(replace(job, tasks=left))
    n_asked = len(candidates) * len(tasks)
    return Plan(
        jobs=tuple(jobs),
        n_recorded=n_asked - sum(len(job.tasks) for job in jobs),
        dataset=dataset.name,
        synthetic=dataset.synthetic,
        asked=tuple(asked),
    )


def run(plan: Plan, engine: Engine, results: Path, notify: Notify) -> None:
    """Run the jobs, write each result as soon as it exists, and notify of every event.

    A job that fails costs its own results and nothing else. On KeyboardInterrupt the finished
    records stay, and no file is left half-written.

    Raises:
        RecordError: a record cannot be written, as on a full disk; the other jobs are stopped.
        EngineError: the jobs cannot run where they should, or their cluster was lost.
    """
    if not plan.jobs:
        return
    with closing(engine.run(plan.jobs)) as events:
        for event in events:
            _write(event, results)
            notify(event)


def _write(event: Event, results: Path) -> None:
    try:
        match event:
            case LearningCurve():
                write_curve(event, results)
            case Record() | Failure():
                write(event, results)
    except OSError as failure:
        raise RecordError(
            f"cannot write {failure.filename or results}: {failure.strerror or failure}; make "
            "room there, and run the same command again: finished records are kept"
        ) from failure


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


def _own_number(n_episodes: int | None, tasks: Iterable[Task], plugins: Plugins) -> int | None:
    """Return None where the number asked for is every task's own, so that both are one record."""
    own = {plugins.get("task", task.family).n_episodes for task in tasks}
    return None if own == {n_episodes} else n_episodes


def _job(request: Request, candidate: _Candidate, dataset: Dataset, tasks: tuple[Task, ...]) -> Job:
    return Job(
        data=request.data,
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        synthetic=dataset.synthetic,
        choice=candidate.choice,
        seed=candidate.seed,
        tasks=tasks,
        n_episodes=request.n_episodes,
        plugins=tuple(file.absolute() for file in request.plugins),
        conditions=replace(request.conditions, refit=request.force),
        resources=_resources(request, candidate.resources),
    )


def _resources(request: Request, own: Resources) -> Resources:
    """Return what is asked for; a job that is to compute on a card asks for one."""
    card = Resources(gpu=1) if request.conditions.device == "cuda" else Resources()
    return own.over(request.resources).over(card)


def _tasks(request: Request, plugins: Plugins) -> tuple[Task, ...]:
    families = plugins.listed("task")
    # a dict keeps the order and drops a task that was named twice, as 20-way and in a sweep
    found: dict[Task, None] = {}
    for text in request.tasks:
        with _told_at(request.named_at.get(text)):
            found |= dict.fromkeys(parse_tasks(text, families))
    return tuple(found)


@contextmanager
def _told_at(place: str | None) -> Iterator[None]:
    """Begin what is refused with the line of the suite's file that it stands at."""
    try:
        yield
    except OneShotError as refusal:
        if place is None:
            raise
        raise type(refusal)(f"{place}: {refusal}") from refusal


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A method with its settings, in canonical spelling and in full, its code, seed and needs."""

    choice: MethodChoice
    configuration: Mapping[str, Any]
    source: str
    seed: int
    resources: Resources


def _candidates(request: Request, plugins: Plugins) -> Iterator[_Candidate]:
    seen, sources = set(), dict[str, str]()
    for text in request.methods:
        place = request.named_at.get(text)
        with _told_at(place):
            asked = parse_method(text)
            spec = plugins.get("method", asked.name)
            check_installed(spec, request.conditions.keras_backend)
            choice = canonical(asked, spec.settings)
            if choice in seen and place is not None:
                raise UsageError(f"{text} is {choice}, which is named already; once will do")
        if choice in seen:
            continue
        seen.add(choice)
        configuration = asdict(configure(choice, spec.settings))
        if asked.name not in sources:
            sources[asked.name] = plugins.source("method", asked.name)
        for seed in request.seeds if spec.seeded else (0,):
            yield _Candidate(
                choice=choice,
                configuration=configuration,
                source=sources[asked.name],
                seed=seed,
                resources=request.own_resources.get(text, Resources()),
            )
