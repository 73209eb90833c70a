"""Options that several commands share, and the spelling of seeds and sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.errors import UsageError
from harness.plugins.defaults import PATH_DATA, REAL_DATA, SYNTHETIC_DATA

Command = TypeVar("Command", bound=Callable[..., Any])

results_option = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="The results folder: records, and the files that report makes from them.",
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
    help=f"The dataset: {REAL_DATA}, {SYNTHETIC_DATA} or {PATH_DATA}:PATH; add @validation to "
    f"choose settings on it.  [default: {REAL_DATA} if it is installed, else {SYNTHETIC_DATA}]",
)
device_option = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="The device that methods compute on; auto is a graphics card if there is one.",
)
keras_backend_option = click.option(
    "--keras-backend",
    type=click.Choice(["tensorflow", "torch", "jax"]),
    default="tensorflow",
    show_default=True,
    help="The backend of methods written in Keras.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def method_option(help: str) -> Callable[[Command], Command]:
    """Return the option ``--method``, which may be given several times."""
    return click.option(
        "--method", "-m", "methods", multiple=True, metavar="NAME[key=value,...]", help=help
    )


def task_option(help: str) -> Callable[[Command], Command]:
    """Return the option ``--task``, which may be given several times."""
    return click.option("--task", "-t", "tasks", multiple=True, metavar="TASK", help=help)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read ``0``, ``0,1,2`` or ``0-2``.

    Raises:
        UsageError: the text has none of these forms.
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
    """Return a size on disk, spelled for people."""
    return f"{n_bytes / 1e6:.1f} MB"
