"""``oneshot show``: episodes, or groups of classes, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from harness.commands.options import data_option, plugin_option
from harness.errors import UsageError

GROUPS = "groups"


@click.command()
@click.argument("task")
@data_option
@plugin_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file to write.  [default: TASK.png in the current folder]",
)
@click.option(
    "--episode",
    type=click.IntRange(min=0, max=99_999),
    default=0,
    show_default=True,
    metavar="I",
    help="The episode to draw, counted from 0; at most 99999.",
)
@click.option(
    "--episodes",
    type=click.IntRange(min=1, max=16),
    default=1,
    show_default=True,
    metavar="M",
    help="How many to draw side by side, starting with that one; at most 16.",
)
@click.option("--answer", is_flag=True, help="Mark the true candidate.")
def show(
    task: str,
    data: str | None,
    plugins: tuple[Path, ...],
    out: Path | None,
    episode: int,
    episodes: int,
    answer: bool,
) -> None:
    """Draw episodes of a task as a PNG.

    Each shows the query above its candidates, one of which is of the same class. "oneshot show
    groups" draws classes of some of the dataset's groups instead.
    """
    from harness.plugins.datasets import default_data
    from harness.plugins.registry import Plugins
    from harness.report.pictures.episodes import picture_of_episodes, picture_of_groups
    from harness.storage.atomic import write_atomically

    path = _checked(Path(f"{task}.png") if out is None else out)
    found = Plugins(plugins)
    data = data or default_data()
    if task == GROUPS:
        if episode or episodes > 1 or answer:
            raise UsageError("show groups draws no episodes; leave --episode(s) and --answer out")
        picture = picture_of_groups(data, found)
    else:
        numbers = range(episode, episode + episodes)
        picture = picture_of_episodes(task, data, found, numbers, answer=answer)
    write_atomically(path, picture)
    click.echo(path)


def _checked(path: Path) -> Path:
    """Return the path to write, unless it is refused, before any work is done for it."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"--out {path}: a picture is a PNG; give a name that ends in .png")
    if path.is_dir():
        raise UsageError(f"--out {path} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise UsageError(f"--out {path}: there is no folder {path.parent}; make it first")
    return path
