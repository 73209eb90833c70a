"""What ``oneshot run`` prints after a grid: the settings that were tried, by accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.commands.grid import console, print_grid, print_title

if TYPE_CHECKING:
    from harness.running.settings_table import SettingsTable


def print_settings(table: SettingsTable, data: str) -> None:
    """Print settings against accuracy on alphabets that were held out of the background."""
    screen = console()
    print_title(screen, f"settings by accuracy on {data}, %; the evaluation split is untouched")
    rows = [
        [str(each.choice), *map(_percent, each.accuracies), str(each.seeds)] for each in table.tried
    ]
    align = "l" + "r" * (len(table.tasks) + 1)
    print_grid(screen, ["settings", *table.tasks, "seeds"], rows, align)


def _percent(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.2f}"
