"""``oneshot run``: methods on tasks, into records."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

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
from harness.errors import MethodError
from harness.plugins.defaults import (
    DRAWN_TASK,
    OFFICIAL_TASK,
    REAL_DATA_HINT,
    SWEEP,
    SYNTHETIC_DATA,
)

if TYPE_CHECKING:
    from harness.running.device import Device
    from harness.running.engine import Engine
    from harness.running.events import Event, Result
    from harness.running.plan import Plan
    from harness.running.request import Request
    from harness.running.suite import Overrides


class _Options(TypedDict):
    """The options of ``oneshot run`` that make a request, as click passes them."""

    data: str | None
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    seeds: str | None
    episodes: int | None
    resources: str | None
    results: Path
    plugins: tuple[Path, ...]
    force: bool
    device: Device
    keras_backend: str
    checkpoint: float


@click.command()
@click.argument("suite", required=False)
@method_option("A method, with settings. Repeatable; replaces the suite's.")
@task_option(
    f"A task, such as {DRAWN_TASK}, {OFFICIAL_TASK}, {SWEEP} or {DRAWN_TASK}@background. "
    "Repeatable; replaces the suite's."
)
@data_option
@click.option(
    "--seeds", metavar="LIST", help="Seeds, for methods that a seed changes: 0,1,2 or 0-2."
)
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
    help="Seconds that one job may take; 0 for no limit.",
)
@device_option
@keras_backend_option
@click.option(
    "--checkpoint",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="Seconds between two checkpoints of a training, at least. A killed training goes on from "
    "its last one.",
)
@click.option(
    "--force", is_flag=True, help="Measure again what is recorded, and train again what is trained."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Run nothing: list the jobs, what is recorded, and how long the rest will take.",
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
    **options: Unpack[_Options],
) -> int:
    """Run methods on tasks and record every answer.

    SUITE names a set of methods, tasks and seeds: quick (the default if no method and no task is
    named), full, tutorial, baseline, or a file that ends in .toml, which may hold grids of
    settings. A result that is recorded and comparable is not measured again.
    """
    from harness.commands.schedule import print_schedule
    from harness.records.record import Failure
    from harness.running.cluster.address import parse_address
    from harness.running.plan import plan
    from harness.running.suite_file import requested_suite

    address = parse_address(engine)
    overrides = _overrides(options, elsewhere=address is not None and not address.own)
    request = requested_suite(suite, overrides).request(overrides)
    todo = plan(request, dry=dry_run)
    if dry_run:
        print_schedule(todo, request.results, n_jobs(address, jobs), as_json=as_json)
        return 0
    if not quiet:
        _announce(todo, hint=overrides.data is None)
    results = _measured(todo, engine_at(address, jobs, timeout or None), request, quiet=quiet)
    _print(results, request, todo, quiet=quiet, as_json=as_json)
    failed = any(isinstance(result, Failure) for result in results)
    return MethodError.exit_code if failed else 0


def _overrides(options: _Options, *, elsewhere: bool) -> Overrides:
    from harness.running.fitting import Conditions
    from harness.running.resources import Resources, parse_resources
    from harness.running.suite import Overrides

    seeds, resources = options["seeds"], options["resources"]
    return Overrides(
        data=options["data"],
        methods=options["methods"],
        tasks=options["tasks"],
        seeds=parse_seeds(seeds) if seeds else (),
        episodes=options["episodes"],
        resources=parse_resources(resources) if resources else Resources(),
        results=options["results"],
        plugins=options["plugins"],
        force=options["force"],
        conditions=Conditions(
            device=options["device"],
            keras_backend=options["keras_backend"],
            checkpoint_seconds=options["checkpoint"],
        ),
        elsewhere=elsewhere,
    )


def _measured(todo: Plan, engine: Engine, request: Request, *, quiet: bool) -> list[Result]:
    """Run the jobs that are left, show their progress, and return the results."""
    from harness.commands.progress import RunProgress
    from harness.records.record import Failure, Record
    from harness.running.run import run

    results: list[Result] = []
    with RunProgress(todo.n_results, quiet=quiet) as progress:

        def notify(event: Event) -> None:
            if isinstance(event, Record | Failure):
                results.append(event)
            progress(event)

        run(todo, engine, request.results, notify)
    return results


def _print(
    results: list[Result], request: Request, todo: Plan, *, quiet: bool, as_json: bool
) -> None:
    from harness.commands.schedule import print_settings
    from harness.records.record import Failure
    from harness.records.store import record_path
    from harness.running.settings_table import settings_table

    for result in results:
        if isinstance(result, Failure):
            path = record_path(result.identity, request.results).with_suffix(".failed.json")
            click.echo(f"details of {result.identity.choice}: {path}", err=True)
    if as_json:
        click.echo(json.dumps([_summary(result) for result in results], indent=1))
    elif not quiet:
        if request.swept:
            print_settings(settings_table(todo, results, request.results), request.data)
        folder = request.results
        click.echo(f"records: {folder / 'records'}; next: oneshot report --results {folder}")


def _announce(todo: Plan, *, hint: bool) -> None:
    from harness.plugins.datasets import default_data

    click.echo(
        f"{todo.dataset.label}: {todo.n_results} results to measure in {len(todo.jobs)} jobs, "
        f"{todo.n_recorded} recorded already",
        err=True,
    )
    if hint and todo.dataset.name == default_data() == SYNTHETIC_DATA:
        click.echo(REAL_DATA_HINT, err=True)


def _summary(result: Result) -> dict[str, Any]:
    from harness.records.record import Record

    summary = asdict(result.identity)
    if isinstance(result, Record):
        summary["accuracy"] = result.outcomes.percent
        summary["cost"] = asdict(result.cost)
    else:
        summary["failure"] = result.reason
    return summary
