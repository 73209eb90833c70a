"""``oneshot cache``: fitted models, and the checkpoints of unfinished trainings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import json_option, megabytes
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.learning.model_cache import StoredModel


@click.group(invoke_without_command=True)
@click.pass_context
def cache(context: click.Context) -> None:
    """List and clear fitted models.

    A fitted model is loaded instead of trained again. Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@cache.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List fitted models and unfinished trainings.

    Each is listed with its dataset, the time that it took, its best validation accuracy and its
    size.
    """
    from harness.learning.model_cache import models_folder, stored_models

    found = stored_models()
    if as_json:
        listing = {"folder": str(models_folder()), "models": [_entry(model) for model in found]}
        click.echo(json.dumps(listing, indent=1))
        return
    click.echo(f"models  {models_folder()}")
    if not found:
        click.echo("no models; oneshot run keeps each one that it fits")
    for model in found:
        click.echo(_line(model))


@cache.command()
@click.option(
    "--method",
    "-m",
    "methods",
    multiple=True,
    metavar="NAME",
    help="Only models of this method. Repeatable.",
)
@click.option("--unfinished", is_flag=True, help="Only checkpoints of unfinished trainings.")
def clear(methods: tuple[str, ...], unfinished: bool) -> None:
    """Remove fitted models and checkpoints; records stay."""
    from harness.errors import did_you_mean
    from harness.learning.model_cache import clear_models, stored_models

    found = stored_models()
    known = {model.origin.method for model in found if model.origin is not None}
    for name in methods:
        if name not in known:
            raise UsageError(f"no model of {name} is kept; {did_you_mean(name, known)}")
    chosen = [
        model
        for model in found
        if (not methods or (model.origin is not None and model.origin.method in methods))
        and (not unfinished or model.unfinished)
    ]
    in_use = clear_models(chosen)
    removed = [model for model in chosen if model not in in_use]
    click.echo(f"removed {len(removed)}, {megabytes(sum(model.n_bytes for model in removed))}")
    for model in in_use:
        click.echo(f"in use by another run, left alone: {model.folder.name}", err=True)


def _entry(model: StoredModel) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "folder": str(model.folder),
        "bytes": model.n_bytes,
        "unfinished": model.unfinished,
        "origin": None if model.origin is None else asdict(model.origin),
        "fit": None if model.fit is None else asdict(model.fit),
    }


def _line(model: StoredModel) -> str:
    from harness.report.quantities import duration

    if model.origin is None:
        what = "unreadable"
    else:
        what = f"{model.origin.choice}  seed {model.origin.seed}  {model.origin.dataset}"
    state = "unfinished" if model.unfinished else "fitted"
    if model.fit is not None:
        state += f" in {duration(model.fit.seconds)}"
        accuracies = [p.accuracy for p in model.fit.points if p.accuracy is not None]
        state += f", validation {max(accuracies):.2f} %" if accuracies else ""
    return f"{what}  {state}  {megabytes(model.n_bytes)}  {model.folder.name}"
