"""The page: leaderboard, charts, groups, pairs and the error gallery, in one file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from harness.plugins.registry import Plugins
from harness.records.learning_curve import LearningCurve
from harness.records.repetitions import HEADLINE_WAYS, seeds_label
from harness.report.markdown import without_folders
from harness.report.nouns import GENERAL, ReportNouns
from harness.report.provenance import Provenance
from harness.report.published import Protocol, other_protocols
from harness.report.quantities import count, p_value, percent, signed, spanned, ways
from harness.report.site.charts import charts
from harness.report.site.gallery import gallery
from harness.report.site.heat_map import heat_map
from harness.report.site.leaderboard import TaskLeaderboard, leaderboards, published_in
from harness.report.site.matrix import matrix
from harness.report.site.wrong_trials import MOST_BYTES, Gallery
from harness.report.tables import Curve, Sweep, Table, arranged, sweep
from harness.report.templating import template_environment
from harness.statistics import accuracy as statistics

if TYPE_CHECKING:
    from jinja2 import Template

Shown = TypeVar("Shown")

_FOLDER = Path(__file__).parent
_THEME = _FOLDER.parent / "theme.css"
_SCRIPTS = ("leaderboard.js", "panels.js", "charts.js", "gallery.js")
_COLUMNS = (
    ("method", "Method", ""),
    ("accuracy", "Accuracy", "number"),
    ("seeds", "Seeds", "number"),
    ("fit", "Training", "number"),
    ("score", "Scoring, per query", "number"),
    ("memory", "Memory", "number"),
    ("parameters", "Parameters", "number"),
    ("framework", "Framework", ""),
)


def to_html(
    tables: Iterable[Table],
    learning: Iterable[LearningCurve],
    origin: Provenance,
    plugins: Plugins,
    nouns: ReportNouns = GENERAL,
) -> str:
    """Return the text of ``site/index.html``, which asks nothing of any host.

    The same tables and curves give the same page as long as the same datasets are at hand: the
    gallery's images are cut from them, as many as the other sections leave room for.
    """
    tables = tuple(tables)
    boards = leaderboards(_important_first(_main(tables)))
    shown = _shown(tables, learning, boards, origin, nouns)
    template = _template()
    room = MOST_BYTES - len(template.render(_page(shown, Gallery())).encode())
    wrong = gallery([board.table for board in boards], plugins, room)
    return template.render(_page(shown, wrong))


def _shown(
    tables: Sequence[Table],
    learning: Iterable[LearningCurve],
    boards: Sequence[TaskLeaderboard],
    origin: Provenance,
    nouns: ReportNouns,
) -> dict[str, Any]:
    """Return what stands on the page beside the gallery."""
    scripts = _scripts()
    return {
        "columns": _COLUMNS,
        "boards": boards,
        "first": boards[0],
        "datasets": tuple(dict.fromkeys(board.table.episodes.dataset.label for board in boards)),
        "tasks": tuple(dict.fromkeys(board.title for board in boards)),
        "frameworks": tuple(sorted({name for board in boards for name in board.frameworks})),
        "transductive": any(e.row.transductive for board in boards for e in board.entries),
        "failed_in_sweeps": _failed_in_sweeps(tables),
        "charts": charts(tables, learning),
        "heat_maps": _of_each(
            boards, lambda table: heat_map(table, nouns.of(table.episodes.dataset.name))
        ),
        "matrices": _of_each(boards, matrix),
        "protocols": _protocols(boards),
        "origin": origin,
        "nouns": nouns.shared,
        "scripts": scripts,
        "script_hashes": " ".join(map(_hash, scripts)),
        "style": _THEME.read_text(encoding="utf-8") + (_FOLDER / "site.css").read_text("utf-8"),
    }


def _page(shown: Mapping[str, Any], wrong: Gallery) -> dict[str, Any]:
    """Return everything that the template asks for."""
    drawn = shown["charts"]
    sections = {
        "leaderboard": ("Leaderboard", True),
        "charts": ("Charts", drawn.against_n or drawn.against_cost or drawn.learning),
        "groups": (shown["nouns"].groups.capitalize(), shown["heat_maps"]),
        "pairs": ("Pairs", shown["matrices"]),
        "gallery": ("Error gallery", wrong.tasks or wrong.left_out),
        "published": ("Published", shown["protocols"]),
        "origin": ("How they were made", True),
    }
    return {
        **shown,
        "gallery": wrong,
        "sections": {anchor: title for anchor, (title, there) in sections.items() if there},
        "data": {"charts": asdict(drawn), "gallery": [task.data for task in wrong.tasks]},
    }


def _template() -> Template:
    environment = template_environment(_FOLDER)
    environment.globals.update(
        count=count,
        percent=percent,
        p_value=p_value,
        seeds_label=seeds_label,
        signed=signed,
        spanned=spanned,
        ways=ways,
        level=f"{100 * statistics.LEVEL:g}",
        alarms=statistics.ALARMS,
        resamples=statistics.RESAMPLES,
        fewest_clusters=statistics.FEWEST_CLUSTERS,
    )
    environment.filters["without_folders"] = without_folders
    return environment.get_template("page.html")


def _scripts() -> tuple[str, ...]:
    """Return Plotly, as its package ships it, and this page's own scripts."""
    from plotly.offline import get_plotlyjs

    own = [(_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    return (get_plotlyjs(), *own)


def _hash(script: str) -> str:
    """Return what lets the page run this script, and no other."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode('ascii')}'"


def _main(tables: Sequence[Table]) -> list[Table]:
    """Return the tables of the leaderboard; of a sweep without one, that of the most classes."""
    parts = arranged(tables)
    main = [part for part in parts if isinstance(part, Table)]
    for curve in (part for part in parts if isinstance(part, Curve)):
        if not {table.episodes for table in curve.tables} & {table.episodes for table in main}:
            main.append(curve.tables[-1])
    return main


def _important_first(tables: Iterable[Table]) -> list[Table]:
    """Return the tables as people look for them: real, comparable with others, one shot, usual N.

    The gallery shows them in this order as long as there is room.
    """

    def place(table: Table) -> tuple[bool, bool, bool, int, bool, int]:
        episodes = table.episodes
        away = episodes.task.split != "evaluation" or episodes.n_episodes is not None
        ways, shots = episodes.task.n_way or 1000, episodes.task.n_shot or 1  # fixed tasks first
        unusual = episodes.task.n_way is not None and ways not in HEADLINE_WAYS
        return (episodes.dataset.synthetic, away, not published_in(table), shots, unusual, -ways)

    return sorted(tables, key=place)


def _of_each(
    boards: Sequence[TaskLeaderboard], make: Callable[[Table], Shown | None]
) -> list[tuple[str, Shown]]:
    """Return what can be made of the groups' tables, each with its title."""
    made = [(f"{b.table.episodes.dataset.label}: {b.title}", make(b.table)) for b in boards]
    return [(title, shown) for title, shown in made if shown is not None]


def _failed_in_sweeps(tables: Iterable[Table]) -> list[tuple[str, Sweep]]:
    """Return the sweeps that something failed in; few of their tasks stand in the leaderboard."""
    found = [
        (f"{part.episodes.dataset.label} {part.episodes.task.curve}", sweep(part))
        for part in arranged(tables)
        if isinstance(part, Curve)
    ]
    return [(title, compact) for title, compact in found if compact.failures]


def _protocols(boards: Sequence[TaskLeaderboard]) -> list[Protocol]:
    datasets = (board.table.episodes.dataset for board in boards)
    real = dict.fromkeys(dataset.name for dataset in datasets if not dataset.synthetic)
    return [protocol for dataset in real for protocol in other_protocols(dataset)]
