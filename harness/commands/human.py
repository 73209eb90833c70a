"""``oneshot human``: a person answers a task's trials in a browser, which makes a record."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.commands.options import data_option, plugin_option, results_option
from harness.errors import OneShotError
from harness.human.name import ANONYMOUS
from harness.plugins.defaults import DRAWN_TASK, OFFICIAL_TASK

if TYPE_CHECKING:
    from harness.human.session import Session


@click.command()
@click.option(
    "--task",
    "-t",
    metavar="TASK",
    help=f"The task.  [default: {OFFICIAL_TASK} if the dataset has its runs, else {DRAWN_TASK}]",
)
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    help=f"The number of trials, from the first on; for {OFFICIAL_TASK} a multiple of 20, up to "
    "400.  [default: 40, or all that the task has]",
)
@click.option(
    "--name",
    default=ANONYMOUS,
    show_default=True,
    help="The name in the record and in the leaderboard, in any script.",
)
@data_option
@results_option
@plugin_option
@click.option(
    "--port",
    type=click.IntRange(min=0, max=65_535),
    default=0,
    help="The port of the page, on this machine alone; 0 takes a free one.  [default: 0]",
)
@click.option(
    "--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser."
)
def human(
    task: str | None,
    trials: int | None,
    name: str,
    data: str | None,
    results: Path,
    plugins: tuple[Path, ...],
    port: int,
    browser: bool,
) -> None:
    """Test yourself on a task in a browser.

    Find the candidate of the same class as the query. A page on this machine shows the trials that
    methods answer, and no result before the end. Each answer is stored at once: the same command
    continues where you stopped. The last page compares your accuracy with that of people and of
    each method that is recorded on the same trials; the gallery of oneshot report shows your
    answers beside theirs. In the leaderboard, a part of a task is a table of its own: the command
    that adds methods to it is printed at the end.
    """
    from harness.human.opening import open_session
    from harness.human.round import RoundRequest
    from harness.human.server import PageServer, check_installed, listen
    from harness.plugins.datasets import default_data

    check_installed()
    request = RoundRequest(
        data=data or default_data(),
        task=task,
        n_trials=trials,
        name=name,
        results=results,
        plugins=plugins,
    )
    with open_session(request) as session, listen(port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        _announce(session, url)
        if browser:
            _open(url)
        try:
            PageServer(session, listener).run()
        except KeyboardInterrupt:
            if not session.round.is_over:
                raise _stopped(session) from None
        _conclude(session, results)


class Stopped(OneShotError):
    """A round was interrupted; the same command continues it."""

    exit_code = 130  # as for every interrupted command


def _stopped(session: Session) -> Stopped:
    done, n_trials = len(session.round.answers), len(session.round.trials)
    return Stopped(f"interrupted: {done} of {n_trials} answers stored; the same command continues")


def _announce(session: Session, url: str) -> None:
    played = session.round
    done, n_trials = len(played.answers), len(played.trials)
    identity = played.identity
    what = f"{identity.choice} on {identity.dataset.name} {identity.task}"
    click.echo(f"{what}: {n_trials} trials, {done} answered; stop with Ctrl-C", err=True)
    click.echo(url)


def _open(url: str) -> None:
    """Open a page in a thread: a browser in the terminal returns only when it is closed."""
    import webbrowser
    from threading import Thread

    Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _conclude(session: Session, results: Path) -> None:
    from harness.report.quantities import duration, percent

    end = session.end()
    click.echo(
        f"{end.method} on {end.dataset_label} {end.task}: {end.n_right} of {end.n_trials} right, "
        f"{percent(end.accuracy)} %, median {duration(end.median_seconds)} a trial, mean "
        f"{duration(end.mean_seconds)}"
    )
    if end.run_command is not None:
        click.echo(f"to add methods to this table of the leaderboard: {end.run_command}")
    shown = shlex.quote(str(results))
    click.echo(f"record: {session.record_path}; next: oneshot report --results {shown}")
