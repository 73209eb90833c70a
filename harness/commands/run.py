"""``oneshot run``: methods on tasks, into records."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import (
    data_option,
    device_option,
    json_option,
    keras_backend_option,
    method_option,
    parse_seeds,
    plugin_option,
    results_option,
    task_option,
)
from harness.commands.where import (
    engine_at,
    engine_option,
    jobs_option,
    n_jobs,
    resources_option,
)
from harness.errors import MethodError, UsageError

if TYPE_CHECKING:
    from harness.running.suite_file import Suite


@click.command()
@click.argument("suite", required=False)
@method_option("A method, with settings. Repeatable; replaces the suite's.")
@task_option(
    "A task, such as across-20w1s, lake-400, across-sweep, "
    "across-20w1s@background. Repeatable; replaces the suite's."
)
@data_option
@click.option("--seeds", metavar="LIST", help="Seeds of methods that have any: 0,1,2 or 0-2.")
@click.option("--episodes", type=click.IntRange(min=1), help="Episodes of each task.")
@results_option
@plugin_option
@jobs_option
@engine_option
@resources_option
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=7200,
    show_default=True,
    help="Seconds that one job may take; 0 for as long as it likes.",
)
@device_option
@keras_backend_option
@click.option(
    "--checkpoint",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="Seconds between checkpoints of a training, at least; a killed one goes on from the last.",
)
@click.option(
    "--force", is_flag=True, help="Run again what is recorded, and train again what was trained."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Run nothing: list the jobs, what is recorded, and how long the rest would take.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print failures only.")
@json_option
def run(
    suite: str | None,
    jobs: int | None,
    engine: str,
    timeout: float,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
    results: Path,
    **asked: Any,
) -> int:
    """Run methods on tasks, each job in a process of its own, and record every answer.

    SUITE names a set of methods, tasks and seeds: quick (the default when nothing else is named),
    full, tutorial or baseline, or a file that ends in .toml, with grids of settings if it likes.
    What is recorded and comparable is not run again.
    """
    from harness.commands.progress import RunProgress
    from harness.commands.schedule import print_schedule, print_settings
    from harness.records.record import Failure, Record
    from harness.records.store import place
    from harness.running.cluster.address import parse_address
    from harness.running.events import Event, Result
    from harness.running.run import plan, run
    from harness.running.settings_table import settings_table

    cluster = parse_address(engine)
    chosen = _suite(suite, **asked)
    elsewhere = cluster is not None and not cluster.own
    request = _request(chosen, results=results, elsewhere=elsewhere, **asked)
    todo = plan(request, dry=dry_run)
    if dry_run:
        print_schedule(todo, results, n_jobs(cluster, jobs), as_json=as_json)
        return 0
    if not quiet:
        _announce(todo, for_want_of_better=asked["data"] is None)
    done: list[Result] = []
    with RunProgress(todo.n_results, quiet=quiet) as progress:

        def notify(event: Event) -> None:
            if isinstance(event, Record | Failure):
                done.append(event)
            progress(event)

        run(todo, engine_at(cluster, jobs, timeout or None), results, notify)
    for result in done:
        if isinstance(result, Failure):
            failed = place(result.identity, results).with_suffix(".failed.json")
            click.echo(f"details of {result.identity.choice}: {failed}", err=True)
    if as_json:
        click.echo(json.dumps([_summary(result) for result in done], indent=1))
    elif not quiet:
        if chosen is not None and chosen.swept and not asked["methods"]:
            print_settings(settings_table(todo, done, results), request.data)
        click.echo(f"records: {results / 'records'}; next: oneshot report --results {results}")
    return MethodError.exit_code if progress.n_failed else 0


def _suite(
    name: str | None, *, methods: tuple[str, ...], tasks: tuple[str, ...], **_: Any
) -> Suite | None:
    """Return the suite that was named; quick where nothing was, none where anything else was."""
    from harness.running.suite_file import load_suite

    if name is None and not methods and not tasks:
        name = "quick"
    return None if name is None else load_suite(name)


def _request(
    chosen: Suite | None,
    *,
    methods: tuple[str, ...],
    tasks: tuple[str, ...],
    data: str | None,
    seeds: str | None,
    episodes: int | None,
    results: Path,
    plugins: tuple[Path, ...],
    device: Any,
    keras_backend: str,
    checkpoint: float,
    resources: str | None,
    elsewhere: bool,
    force: bool,
) -> Any:
    """Join the suite, where there is one, with what replaces parts of it."""
    from harness.plugins.datasets import VALIDATION, default_data
    from harness.running.fitting import Conditions
    from harness.running.resources import Resources, parse_resources
    from harness.running.run import Request
    from harness.running.suite_file import LEARNT_FROM

    chooses = chosen is not None and bool(chosen.swept) and not methods
    if data is None:
        data = chosen.data if chosen else default_data()
    elif chooses and not data.endswith(VALIDATION):
        raise UsageError(
            f"--data {data}: the suite's grid chooses settings, and never on the evaluation split; "
            f"write --data {data}{VALIDATION}"
        )
    for task in tasks:
        if chooses and task.endswith(LEARNT_FROM):
            raise UsageError(
                f"--task {task}: the suite's grid chooses settings, and never on characters that "
                f"were learnt from; write --task {task.removesuffix(LEARNT_FROM)}"
            )
    said = parse_resources(resources) if resources else Resources()
    return Request(
        data=data,
        methods=methods or (chosen.methods if chosen else ()),
        tasks=tasks or (chosen.tasks if chosen else ()),
        seeds=parse_seeds(seeds) if seeds else (chosen.seeds if chosen else (0,)),
        n_episodes=episodes or (chosen.episodes if chosen else None),
        results=results,
        plugins=plugins,
        force=force,
        conditions=Conditions(
            device=device, keras_backend=keras_backend, checkpoint_seconds=checkpoint
        ),
        resources=said.over(chosen.resources) if chosen else said,
        own_resources=chosen.own_resources if chosen else {},
        elsewhere=elsewhere,
        named_at=chosen.named_at if chosen and not methods else {},
    )


def _announce(todo: Any, *, for_want_of_better: bool) -> None:
    from harness.plugins.datasets import default_data

    label = " (synthetic)" if todo.synthetic else ""
    click.echo(
        f"{todo.dataset}{label}: {todo.n_results} results to measure in {len(todo.jobs)} jobs, "
        f"{todo.n_recorded} recorded already",
        err=True,
    )
    if for_want_of_better and todo.dataset == default_data() == "sketch":
        click.echo("the real characters: oneshot data download, or set ONESHOT_DATA", err=True)


def _summary(result: Any) -> dict[str, Any]:
    from harness.records.record import Record

    summary = asdict(result.identity)
    if isinstance(result, Record):
        summary["accuracy"] = result.outcomes.percent
        summary["cost"] = asdict(result.cost)
    else:
        summary["failure"] = result.reason
    return summary
