"""Opening a round: from what was asked on the command line to a session, begun or gone on with."""

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
    """Give a session; no other process has one of this person on this task at the same time.

    Raises:
        AlreadyRecorded: the round is over and recorded.
        UsageError: a name that cannot be, or trials that the same person has seen the truth of.
        DataError: the dataset cannot be had, or cannot fill the task.
        NotComparable: what is stored answers other episodes or pixels.
        RecordError: what is stored is damaged.
    """
    name = checked_name(request.name)
    plugins = Plugins(request.plugins)
    task = _task(request.task, plugins)
    dataset = load_dataset(request.data, plugins)
    task = task or _default_task(dataset, plugins)
    own = _own_episodes(dataset, task, plugins)
    trials = _trials(dataset, task, request.n_trials, own, plugins)
    fresh = Round(identity=_identity(dataset, task, trials, own, name), trials=trials)

    def summary(played: Round, record: Record) -> RoundSummary:
        others = same_trials(played, task, dataset, plugins, request.results)
        command = run_command(played.identity, others, plugins.listed("method"), request)
        return summarize(played, record, others, command)

    with lock_rounds(fresh.identity, request.results):
        refuse_seen(fresh, request.results)
        path = answers_path(fresh.identity, request.results)
        setup = SessionSetup(
            results=request.results,
            practice=practice(dataset, task, trials, plugins),
            summarize=summary,
            nouns=dataset.nouns,
        )
        yield Session(fresh, AnswerFile(path), setup)


def _task(text: str | None, plugins: Plugins) -> Task | None:
    if text is None:
        return None
    task, *more = parse_tasks(text, plugins.listed("task"))
    if more:
        raise UsageError(f"--task {text} is {len(more) + 1} tasks, and a round is one: name {task}")
    return task


def _default_task(dataset: Dataset, plugins: Plugins) -> Task:
    text = DRAWN_TASK if dataset.runs is None else OFFICIAL_TASK
    return parse_tasks(text, plugins.listed("task"))[0]


def _own_episodes(dataset: Dataset, task: Task, plugins: Plugins) -> int:
    """Return how many episodes a task has when nobody says how many."""
    own: int | None = plugins.task(task.family).n_episodes
    if own is None:  # all of a fixed set
        return len(dealt(dataset, task, None, plugins).episodes)
    return own


def _trials(
    dataset: Dataset, task: Task, n_trials: int | None, own: int, plugins: Plugins
) -> Trials:
    n_query = dealt(dataset, task, 1, plugins).episodes.n_query
    if n_trials is None:
        n_trials = min(max(USUAL_TRIALS // n_query, 1), own) * n_query
    if n_trials > own * n_query:
        raise UsageError(
            f"--trials {n_trials}: methods are asked {own * n_query} trials of {task}; give at "
            f"most {own * n_query} trials"
        )
    n_episodes, rest = divmod(n_trials, n_query)
    if rest:
        allowed = [n * n_query for n in (n_episodes, n_episodes + 1) if n]
        raise UsageError(
            f"--trials {n_trials}: an episode of {task} has {n_query} queries, and a record whole "
            f"episodes; give {' or '.join(map(str, allowed))}"
        )
    return Trials(dealt=dealt(dataset, task, n_episodes, plugins))


def _identity(dataset: Dataset, task: Task, trials: Trials, own: int, name: str) -> Identity:
    n_episodes = len(trials.dealt.episodes)
    return Identity(
        dataset=dataset.id,
        task=str(task),
        n_episodes=None if n_episodes == own else n_episodes,
        method=PEOPLE,
        settings={"name": name},
        seed=0,
    )


def practice(dataset: Dataset, task: Task, like: Trials, plugins: Plugins) -> Trials | None:
    """Return episodes of the background split, of the task or of the most similar that there is.

    None where the dataset can fill none, and for a task that is drawn from the background itself:
    practice tells the answers.
    """
    if task.split == _BACKGROUND:
        return None
    for other in _tasks(task, like, plugins):
        try:
            return Trials(dealt=dealt(dataset, other, N_PRACTICE, plugins))
        except (DataError, UsageError):
            continue
    return None


def _tasks(task: Task, like: Trials, plugins: Plugins) -> Iterator[Task]:
    yield replace(task, split=_BACKGROUND)
    for family in PRACTICE_FAMILIES:
        if task.n_way is None and family in plugins.listed("task"):
            yield Task(family=family, n_way=like.n_way, n_shot=like.n_shot, split=_BACKGROUND)
