"""The report: from the records in a results folder to its leaderboard, plots and page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import NothingToDo
from harness.plugins.registry import Plugins
from harness.records.store import read_curves
from harness.report.leaderboard import rows
from harness.report.leaderboard_csv import to_csv
from harness.report.leaderboard_markdown import to_markdown
from harness.report.nouns import report_nouns
from harness.report.plots.plots import FILE_NAME, plots
from harness.report.provenance import Provenance, provenance
from harness.report.reading import results_of
from harness.report.site.site import to_html
from harness.report.tables import Table, tables
from harness.storage.atomic import write_atomically


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report read and wrote.

    Attributes:
        tables: the leaderboard, table by table.
        paths: the files written.
        origin: how many results there are, and where they come from.
    """

    tables: tuple[Table, ...]
    paths: tuple[Path, ...]
    origin: Provenance


def report(results: Path, plugins: Plugins) -> Report:
    """Write ``leaderboard.md``, ``leaderboard.csv``, ``plots/`` and ``site/index.html``.

    All of it is made from records and curves alone, but for the drawings of the page's error
    gallery, which are cut from the dataset where it is at hand. The same give the same bytes, and
    nothing is written before all of it is made.

    Args:
        results: the folder that has the records, and takes what is made of them.
        plugins: where the datasets' nouns, and the gallery's datasets and tasks, are found.

    Raises:
        RecordError: a record is damaged; what an earlier report wrote stays as it is.
        NothingToDo: there are no records.
    """
    read = list(results_of(results))
    if not read:
        raise NothingToDo(
            f"there are no records in {results / 'records'}; make some: oneshot run "
            f"--results {results}"
        )
    shown = tables(rows(read))
    curves = tuple(read_curves(results))
    datasets = {table.episodes.dataset.name for table in shown}
    nouns = report_nouns(datasets | {curve.dataset.name for curve in curves}, plugins)
    pictures = plots(shown, curves, nouns)
    origin = provenance(read)
    files: dict[Path, str | bytes] = {
        results / "leaderboard.md": to_markdown(shown, pictures, origin, nouns),
        results / "leaderboard.csv": to_csv(shown),
        results / "site" / "index.html": to_html(shown, curves, origin, plugins, nouns),
    }
    for picture in pictures:
        files[results / "plots" / f"{picture.name}.png"] = picture.png
        files[results / "plots" / f"{picture.name}.svg"] = picture.svg
    for path, content in files.items():
        write_atomically(path, content)
    _remove_old_plots(results / "plots", set(files))
    return Report(
        tables=shown,
        paths=tuple(files),
        origin=origin,
    )


def _remove_old_plots(folder: Path, current: set[Path]) -> None:
    """Remove plots that an earlier report wrote and this one did not; nothing else."""
    if folder.is_dir():
        for path in folder.iterdir():
            if FILE_NAME.fullmatch(path.name) and path.is_file() and path not in current:
                path.unlink()
