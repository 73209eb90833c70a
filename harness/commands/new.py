"""``oneshot new``: a package for a method of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from harness.plugins.defaults import BASELINE, DRAWN_TASK, SYNTHETIC_DATA


@click.command()
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to write the folder NAME in.  [default: the current folder]",
)
def new(name: str, folder: Path | None) -> None:
    """Write a package with a method, its tests and a CI workflow.

    NAME consists of lower-case letters, digits and dashes. It names the method, the package and
    the folder; no file that exists is overwritten.
    """
    from harness.plugins.package_template import write_package

    written = write_package(name, folder or Path())
    click.echo("written:")
    for path in written:
        click.echo(f"  {path}")
    click.echo("next:")
    for command in (
        f"cd {shlex.quote(str((folder or Path()) / name))}",
        "pip install -e '.[dev]'",
        "pytest",
        f"oneshot validate {name}",
        f"oneshot run -m {name} -m {BASELINE} -t {DRAWN_TASK} --data {SYNTHETIC_DATA}",
        "oneshot report",
    ):
        click.echo(f"  {command}")
