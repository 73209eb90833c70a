"""Options that several commands share, and how they print sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

results_option = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder of records, and of what report makes of them.",
)
plugin_option = click.option(
    "--plugin",
    "plugins",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A Python file that implements a hook, such as a method. Repeatable.",
)
data_option = click.option(
    "--data",
    metavar="NAME",
    help="Dataset: omniglot, sketch, folder:PATH; NAME@validation to choose settings on. "
    "[default: omniglot where it is installed, else sketch]",
)
device_option = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where methods compute; auto takes a graphics card when there is one.",
)
keras_backend_option = click.option(
    "--keras-backend",
    type=click.Choice(["tensorflow", "torch", "jax"]),
    default="tensorflow",
    show_default=True,
    help="What Keras methods compute with.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def method_option(help: str) -> Callable[[Command], Command]:
    """Return ``--method``, which may be given several times."""
    return click.option(
        "--method", "-m", "methods", multiple=True, metavar="NAME[key=value,...]", help=help
    )


def task_option(help: str) -> Callable[[Command], Command]:
    """Return ``--task``, which may be given several times."""
    return click.option("--task", "-t", "tasks", multiple=True, metavar="TASK", help=help)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read ``0``, ``0,1,2`` or ``0-2``.

    Raises:
        UsageError: it reads as none of them.
    """
    seeds: list[int] = []
    try:
        for part in text.split(","):
            first, dash, last = part.strip().partition("-")
            seeds += range(int(first), int(last) + 1) if dash else [int(first)]
    except ValueError:
        seeds = []
    if not seeds:
        raise UsageError(f"--seeds {text}: write numbers from 0 up, such as 0, 0,1,2 or 0-2")
    return tuple(dict.fromkeys(seeds))


def megabytes(n_bytes: int) -> str:
    """Return a size on disk as it is printed."""
    return f"{n_bytes / 1e6:.1f} MB"
