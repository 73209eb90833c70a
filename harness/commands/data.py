"""``oneshot data``: shows, downloads, imports and removes datasets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.commands.options import json_option, megabytes, plugin_option
from harness.errors import UsageError
from harness.plugins.defaults import PATH_DATA, REAL_DATA

if TYPE_CHECKING:
    from harness.protocol.dataset import Dataset, Nouns

name_option = click.option(
    "--data", "name", default=REAL_DATA, show_default=True, metavar="NAME", help="The dataset."
)


@click.group(invoke_without_command=True)
@click.pass_context
def data(context: click.Context) -> None:
    """Show, download, import and remove datasets.

    Without a command: status.
    """
    if context.invoked_subcommand is None:
        context.invoke(status)


@data.command()
@json_option
def status(as_json: bool) -> None:
    """Show which datasets are stored, where, and their sizes."""
    from harness.storage.atomic import cache_folder
    from harness.storage.dataset_cache import stored

    named, found = os.environ.get("ONESHOT_DATA"), stored()
    if as_json:
        entries = [
            {"dataset": each.dataset, "folder": str(each.folder), "bytes": each.n_bytes}
            for each in found
        ]
        listing = {"cache": str(cache_folder()), "ONESHOT_DATA": named, "stored": entries}
        click.echo(json.dumps(listing, indent=1))
        return
    click.echo(f"cache         {cache_folder()}")
    gone = "" if named is None or Path(named).is_dir() else "  (no such folder)"
    click.echo(f"ONESHOT_DATA  {named or 'not set'}{gone}")
    for each in found:
        label = each.dataset or "unreadable"
        click.echo(f"{label:<12}  {megabytes(each.n_bytes)}  {each.folder}")
    for name in _missing({each.dataset for each in found}):
        click.echo(f"{name:<12}  not stored")


@data.command()
@name_option
@plugin_option
def download(name: str, plugins: tuple[Path, ...]) -> None:
    """Download a published dataset, verify it and store it."""
    from harness.plugins.registry import Plugins

    spec = Plugins(plugins).dataset(name)
    if spec.download is None:
        raise UsageError(f"--data {name}: it cannot be downloaded; see: oneshot data status")
    _print_stored(spec.download(), spec.nouns)


@data.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@name_option
@plugin_option
def import_(path: Path, name: str, plugins: tuple[Path, ...]) -> None:
    """Import a dataset from its zips or folders, verify it and store it.

    PATH is a folder with the zips, or with the folders that they unpack to.
    """
    from harness.plugins.registry import Plugins

    spec = Plugins(plugins).dataset(name)
    if spec.import_ is None:
        raise UsageError(f"--data {name}: it cannot be imported; see: oneshot data status")
    _print_stored(spec.import_(path), spec.nouns)


@data.command()
def clear() -> None:
    """Remove all stored datasets.

    Each is generated, imported or downloaded again when it is needed.
    """
    from harness.storage.atomic import cache_folder
    from harness.storage.dataset_cache import clear

    click.echo(f"{cache_folder()}: {megabytes(clear())} removed")


def _missing(stored: set[str | None]) -> list[str]:
    """Return the datasets that could be stored and are not; each path is a dataset of its own."""
    from harness.plugins.registry import Plugins

    return [name for name in Plugins().listed("dataset") if name not in stored | {PATH_DATA}]


def _print_stored(dataset: Dataset, nouns: Nouns) -> None:
    from harness.storage.atomic import cache_folder

    splits = (dataset.background, dataset.evaluation)
    n_images = sum(len(split.images) for split in splits)
    classes = " + ".join(f"{len(split.classes):,}" for split in splits)
    runs = f"{len(dataset.runs.support)} official runs" if dataset.runs else "no official runs"
    click.echo(
        f"{dataset.name}: {classes} {nouns.classes}, {n_images:,} {nouns.images}, {runs}; "
        f"verified, and stored in {cache_folder()}"
    )
