"""Tables and titles on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Console

_SIDES: dict[str, Literal["left", "right"]] = {"l": "left", "r": "right"}


def console() -> Console:
    """Return standard output, where nothing in names and reasons is read as markup."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def print_title(console: Console, title: str) -> None:
    """Print the title of a table."""
    console.print(title, style="bold", soft_wrap=True)


def print_grid(
    console: Console, head: Sequence[str], rows: Sequence[Sequence[str]], align: str
) -> None:
    """Print a table, unless it has no rows; ``align`` is ``l`` or ``r`` for each column."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for title, side in zip(head, align, strict=True):
        # on a narrow screen names are folded, and figures never
        grid.add_column(title, justify=_SIDES[side], overflow="fold", no_wrap=side == "r")
    for cells in rows:
        grid.add_row(*map(Text, cells))
    if rows:
        console.print(grid)
