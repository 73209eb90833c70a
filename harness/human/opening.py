"""Opens a session from the options of ``oneshot human``: a new round, or a stopped one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from harness.errors import DataError, UsageError
from harness.human.answer_file import AnswerFile, answers_path, lock_rounds
from harness.human.name import checked_name
from harness.human.round import Round, RoundRequest, Trials
from harness.human.same_trials import run_command, same_trials
from harness.human.seen import refuse_seen
from harness.human.session import Session, SessionSetup
from harness.human.summary import RoundSummary, summarize
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.defaults import DRAWN_TASK, OFFICIAL_TASK, PRACTICE_FAMILIES
from harness.plugins.names import PEOPLE
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.protocol.task import Task, parse_tasks
from harness.records.record import Identity, Record

USUAL_TRIALS = 40
N_PRACTICE = 5
_BACKGROUND = "background"


@contextmanager
def open_session(request: RoundRequest) -> Iterator[Session]:
    """Open a session, and lock this person's rounds on the task until it is closed.

    Raises:
        AlreadyRecorded: the round is over and recorded.
        UsageError: an option is not valid, or the person has seen the truth of these trials.
        DataError: the dataset cannot be loaded, or is too small for the task.
        NotComparable: stored answers are to other episodes or pixels.
        RecordError: a stored file is damaged.
    """
    plugins = Plugins(request.plugins)
    task = _task(request.task, plugins)  # first, because loading a dataset may take seconds
    dataset = load_dataset(request.data, plugins)
    task = task or _default_task(dataset, plugins)
    fresh = _new_round(dataset, task, request, plugins)

    def summary(played: Round, record: Record) -> RoundSummary:
        others = same_trials(played, task, dataset, plugins, request.results)
        command = run_command(played.identity, others, plugins.listed("method"), request)
        return summarize(played, record, others, command)

    with lock_rounds(fresh.identity, request.results):
        # under the lock, or a round that another process ends just now would be missed
        refuse_seen(fresh, request.results)
        path = answers_path(fresh.identity, request.results)
        setup = SessionSetup(
            results=request.results,
            practice=practice(dataset, task, fresh.trials, plugins),
            summarize=summary,
            nouns=dataset.nouns,
        )
        yield Session(fresh, AnswerFile(path), setup)


def _new_round(dataset: Dataset, task: Task, request: RoundRequest, plugins: Plugins) -> Round:
    default = _default_episodes(dataset, task, plugins)
    trials = _trials(dataset, task, request.n_trials, default, plugins)
    n_episodes = len(trials.dealt.episodes)
    identity = Identity(
        dataset=dataset.id,
        task=str(task),
        n_episodes=None if n_episodes == default else n_episodes,
        method=PEOPLE,
        settings={"name": checked_name(request.name)},
        seed=0,
    )
    return Round(identity=identity, trials=trials)


def _task(text: str | None, plugins: Plugins) -> Task | None:
    if text is None:
        return None
    task, *more = parse_tasks(text, plugins.listed("task"))
    if more:
        raise UsageError(
            f"--task {text} is {len(more) + 1} tasks, and a round has one: give {task}"
        )
    return task


def _default_task(dataset: Dataset, plugins: Plugins) -> Task:
    text = DRAWN_TASK if dataset.runs is None else OFFICIAL_TASK
    return parse_tasks(text, plugins.listed("task"))[0]


def _default_episodes(dataset: Dataset, task: Task, plugins: Plugins) -> int:
    """Return the number of episodes that a task has by default."""
    default = plugins.task(task.family).n_episodes
    if default is None:  # the task is a fixed set of episodes
        return len(dealt(dataset, task, None, plugins).episodes)
    return default


def _trials(
    dataset: Dataset, task: Task, n_trials: int | None, default: int, plugins: Plugins
) -> Trials:
    n_query = dealt(dataset, task, 1, plugins).episodes.n_query
    if n_trials is None:
        n_trials = min(max(USUAL_TRIALS // n_query, 1), default) * n_query
    if n_trials > default * n_query:
        raise UsageError(
            f"--trials {n_trials}: {task} has {default * n_query} trials; give at most "
            f"{default * n_query}"
        )
    n_episodes, rest = divmod(n_trials, n_query)
    if rest:
        allowed = [n * n_query for n in (n_episodes, n_episodes + 1) if n]
        raise UsageError(
            f"--trials {n_trials}: an episode of {task} has {n_query} queries, and a record has "
            f"whole episodes; give {' or '.join(map(str, allowed))}"
        )
    return Trials(dealt=dealt(dataset, task, n_episodes, plugins))


def practice(dataset: Dataset, task: Task, like: Trials, plugins: Plugins) -> Trials | None:
    """Return practice trials: the task, or one as similar as possible, on the background split.

    Return None if the dataset is too small for any, or if the task itself is drawn from the
    background split, because practice shows the truth.
    """
    if task.split == _BACKGROUND:
        return None
    for other in _tasks(task, like, plugins):
        try:
            return Trials(dealt=dealt(dataset, other, N_PRACTICE, plugins))
        except (DataError, UsageError):  # the background is too small for this task
            continue
    return None


def _tasks(task: Task, like: Trials, plugins: Plugins) -> Iterator[Task]:
    yield replace(task, split=_BACKGROUND)
    for family in PRACTICE_FAMILIES:
        if task.n_way is None and family in plugins.listed("task"):
            yield Task(family=family, n_way=like.n_way, n_shot=like.n_shot, split=_BACKGROUND)
