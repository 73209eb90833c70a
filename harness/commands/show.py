"""``oneshot show``: episodes, or alphabets, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from harness.commands.options import data_option, plugin_option
from harness.errors import UsageError

ALPHABETS = "alphabets"


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
    help="How many to draw side by side, from that one on; at most 16.",
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
    """Draw an episode of TASK as a PNG: the query, and its candidates, one of which matches.

    "oneshot show alphabets" draws characters of some of the dataset's alphabets instead.
    """
    from harness.plugins.datasets import default_data
    from harness.plugins.registry import Plugins
    from harness.report.pictures.episodes import picture_of_episodes, picture_of_groups
    from harness.storage.atomic import write_atomically

    path = _checked(Path(f"{task}.png") if out is None else out)
    found = Plugins(plugins)
    data = data or default_data()
    if task == ALPHABETS:
        if episode or episodes > 1 or answer:
            raise UsageError(
                "show alphabets draws no episodes; leave --episode(s) and --answer out"
            )
        picture = picture_of_groups(data, found)
    else:
        numbers = range(episode, episode + episodes)
        picture = picture_of_episodes(task, data, found, numbers, answer=answer)
    write_atomically(path, picture)
    click.echo(path)


def _checked(path: Path) -> Path:
    """Return the path to write, refused before any work is done for it."""
    if path.suffix.lower() != ".png":
        raise UsageError(f"--out {path}: a picture is a PNG; give a name that ends in .png")
    if path.is_dir():
        raise UsageError(f"--out {path} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise UsageError(f"--out {path}: there is no folder {path.parent}; make it first")
    return path
