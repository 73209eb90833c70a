"""The page: leaderboard, charts, alphabets, pairs and the error gallery, in one file."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from harness import statistics
from harness.learning_curve import LearningCurve
from harness.plugins import Plugins
from harness.report.figures import against_n_figures
from harness.report.private import without_folders
from harness.report.provenance import Provenance
from harness.report.published import Protocol, other_protocols
from harness.report.quantities import count, p_value, percent, ways
from harness.report.site.alphabets import HeatMap, heat_map
from harness.report.site.board import Group, board, published_in
from harness.report.site.charts import Charts, charts
from harness.report.site.gallery import gallery
from harness.report.site.matrix import Matrix, matrix
from harness.report.sweep import sweep
from harness.report.tables import Table, arranged

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent
_THEME = _FOLDER.parent.parent / "theme.css"
_SCRIPTS = ("board.js", "panels.js", "charts.js", "gallery.js")
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


@dataclass(frozen=True, kw_only=True)
class _ShownMap:
    title: str
    map: HeatMap


@dataclass(frozen=True, kw_only=True)
class _ShownMatrix:
    title: str
    matrix: Matrix


def to_html(
    tables: Iterable[Table],
    learning: Iterable[LearningCurve],
    origin: Provenance,
    n_results: int,
    plugins: Plugins,
) -> str:
    """Return the text of ``site/index.html``, which asks nothing of any host.

    The same tables and curves give the same page as long as the same datasets are at hand: the
    gallery's drawings are cut from them.
    """
    tables = tuple(tables)
    main = [part for part in arranged(tables) if isinstance(part, Table)]
    groups = board(_important_first(main))
    shown = charts(tables, learning)
    wrong = gallery([group.table for group in groups], plugins)
    scripts = _scripts()
    return _template().render(
        sections=_sections(shown, groups),
        columns=_COLUMNS,
        groups=groups,
        first=groups[0],
        datasets=tuple(dict.fromkeys(group.table.asked.dataset_label for group in groups)),
        tasks=tuple(dict.fromkeys(group.title for group in groups)),
        frameworks=tuple(sorted({name for group in groups for name in group.frameworks})),
        transductive=any(entry.row.transductive for group in groups for entry in group.entries),
        charts=shown,
        sweeps=[sweep(figure.curve) for figure in against_n_figures(tables)],
        heat_maps=_heat_maps(groups),
        matrices=_matrices(groups),
        gallery=wrong,
        protocols=_protocols(groups),
        origin=origin,
        n_results=count(n_results),
        level=f"{100 * statistics.LEVEL:g}",
        alarms=statistics.ALARMS,
        resamples=statistics.RESAMPLES,
        fewest_clusters=statistics.FEWEST_CLUSTERS,
        data={"charts": asdict(shown), "gallery": [asdict(task) for task in wrong.tasks]},
        scripts=scripts,
        script_hashes=" ".join(map(_hash, scripts)),
        style=_THEME.read_text(encoding="utf-8") + (_FOLDER / "site.css").read_text("utf-8"),
    )


def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(count=count, percent=percent, p_value=p_value, ways=ways)
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


def _important_first(tables: Iterable[Table]) -> list[Table]:
    """Return the tables as people look for them: real, comparable with others, one shot, many ways.

    The gallery shows them in this order as long as there is room.
    """

    def place(table: Table) -> tuple[bool, bool, bool, int, int]:
        asked = table.asked
        away = asked.task.split != "evaluation" or asked.n_episodes is not None
        ways = asked.task.n_way or 1000  # fixed tasks first
        return (asked.synthetic, away, not published_in(table), asked.task.n_shot or 1, -ways)

    return sorted(tables, key=place)


def _heat_maps(groups: Sequence[Group]) -> list[_ShownMap]:
    found = [(_title(group), heat_map(group.table)) for group in groups]
    return [_ShownMap(title=title, map=made) for title, made in found if made is not None]


def _matrices(groups: Sequence[Group]) -> list[_ShownMatrix]:
    found = [(_title(group), matrix(group.table)) for group in groups]
    return [_ShownMatrix(title=title, matrix=made) for title, made in found if made is not None]


def _title(group: Group) -> str:
    return f"{group.table.asked.dataset_label}: {group.title}"


def _protocols(groups: Sequence[Group]) -> list[Protocol]:
    real = dict.fromkeys(g.table.asked.dataset for g in groups if not g.table.asked.synthetic)
    return [protocol for dataset in real for protocol in other_protocols(dataset)]


def _sections(charts: Charts, groups: Sequence[Group]) -> list[tuple[str, str]]:
    found = [("leaderboard", "Leaderboard")]
    if charts.against_n or charts.against_cost or charts.learning:
        found.append(("charts", "Charts"))
    return [
        *found,
        ("alphabets", "Alphabets"),
        ("pairs", "Pairs"),
        ("gallery", "Error gallery"),
        *([("published", "Published")] if _protocols(groups) else []),
        ("origin", "How they were made"),
    ]
