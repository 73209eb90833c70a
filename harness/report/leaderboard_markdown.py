"""The leaderboard as a page: a table for each task, published figures apart, origins at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from harness.protocol.dataset import Nouns
from harness.records.repetitions import seeds_label
from harness.report.figures import LEARNING
from harness.report.leaderboard import Row
from harness.report.markdown import grid, plain, without_folders
from harness.report.nouns import GENERAL, ReportNouns
from harness.report.plots.plots import Plot
from harness.report.provenance import Provenance
from harness.report.published import Published, other_protocols, published_for
from harness.report.quantities import count, duration, memory, percent, training, ways
from harness.report.tables import Curve, Table, arranged, overview, sweep
from harness.statistics import accuracy as statistics

_LEVEL = f"{100 * statistics.LEVEL:g} %"
_HEAD = ("Method", "Accuracy", "Seeds", "Training", "Scoring, per query", "Memory", "Parameters")


def to_markdown(
    tables: Iterable[Table],
    plots: Iterable[Plot],
    origin: Provenance,
    nouns: ReportNouns = GENERAL,
) -> str:
    """Return the text of ``leaderboard.md``."""
    plots, others = tuple(plots), []
    lines = [
        "# Leaderboard",
        "",
        f"Made from {origin.made_from} by `oneshot report`. Accuracy is in percent, with its "
        f"{_LEVEL} interval in brackets: "
        "[how, and on what](#how-these-figures-were-made). Each table is one task on one dataset; "
        "figures of two tables compare with nothing in each other.",
    ]
    for dataset, parts in groupby(arranged(tables), lambda part: part.episodes.dataset.label):
        shown = list(parts)
        own = nouns.of(shown[0].episodes.dataset.name)
        lines += ["", f"## {plain(dataset)}"]
        if shown[0].episodes.dataset.synthetic:
            lines += ["", f"A program drew these {own.classes}; no person did."]
        else:
            others += list(_other_protocols(shown[0].episodes.dataset.name))
        lines += _at_a_glance([part for part in shown if isinstance(part, Table)])
        for part in shown:
            lines += _table(part) if isinstance(part, Table) else _curve(part)
        lines += _pictures([plot for plot in plots if plot.dataset_label == dataset], own)
    lines += [*others, *_origin(origin, nouns.shared)]
    return "\n".join(lines) + "\n"


def _at_a_glance(tables: Sequence[Table]) -> Iterator[str]:
    found = overview(tables)
    if found is None:
        return
    yield from ("", "### At a glance", "")
    yield "Accuracy in percent. The tables below have the intervals and the costs."
    yield ""
    yield from grid(
        ("method", *map(plain, found.tasks)),
        [
            (plain(method), *map(_mean, row))
            for method, row in zip(found.methods, found.rows, strict=True)
        ],
        "l" + "r" * len(found.tasks),
    )


def _mean(row: Row | None) -> str:
    if row is None:
        return ""
    return "failed" if row.accuracy is None else f"{row.accuracy.mean:.2f}"


def _table(table: Table) -> Iterator[str]:
    episodes = table.episodes
    number = "" if table.number == 1 else f", other episodes {table.number}"
    yield from ("", f"### {plain(episodes.task_label)}{number}", "")
    facts = (
        []
        if episodes.chance is None
        else [f"{episodes.n_way}-way: guessing earns {episodes.chance:.2f}"]
    )
    for accuracy in [row.accuracy for row in table.measured[:1] if row.accuracy is not None]:
        facts.append(f"{count(accuracy.n_queries)} queries for each seed")
    if facts:
        yield from (f"{'; '.join(facts)}.", "")
    if table.n_tables > 1:
        yield (
            "**Not comparable:** drawn from other episodes than the other tables of this task "
            f"({table.drawn_from})."
        )
        yield ""
    yield from grid(_HEAD, map(_cells, table.rows), "lrrrrrr")
    if any(row.transductive for row in table.rows):
        yield from ("", "A transductive method looks at several queries together.")
    if not episodes.dataset.synthetic and table.number == 1:
        yield from _published(
            published_for(episodes.dataset.name, str(episodes.task), episodes.n_episodes)
        )


def _cells(row: Row) -> Sequence[str]:
    if row.accuracy is None or row.spent is None:
        why = f"failed: {_reason(row.failure)} ({seeds_label(row.seeds)})"
        return (plain(row.label), why, *[""] * (len(_HEAD) - 2))
    return (
        plain(row.label),
        percent(row.accuracy),
        str(row.accuracy.n_seeds),
        training(row.spent.fit_seconds) + (", cached" if row.spent.cached else ""),
        duration(row.spent.score_ms / 1000),
        memory(row.spent.peak_memory),
        count(row.spent.parameters),
    )


def _reason(failure: str | None) -> str:
    """Return why a row failed, without the folders of whoever ran it."""
    return plain(without_folders(failure or ""))


def _curve(curve: Curve) -> Iterator[str]:
    episodes, compact = curve.episodes, sweep(curve)
    name = f"{episodes.task.curve}, N = {ways(curve.ways)}{episodes.episodes_label}"
    yield from ("", f"### {plain(name)}", "")
    yield from ("Guessing earns 100 / N. Every N is in `leaderboard.csv`.", "")
    yield from grid(
        ("Method", *(f"N = {n_way}" for n_way in compact.ways)),
        [(plain(row.label), *map(_point, row.points)) for row in compact.rows],
        "l" + "r" * len(compact.ways),
    )
    for failure in compact.failures:
        yield ""
        yield (
            f"{plain(failure.label)} failed at N = {ways(failure.ways)}: "
            f"{_reason(failure.reason)} ({seeds_label(failure.seeds)})"
        )
    if compact.split:
        yield ""
        yield (
            f"**Not comparable:** at N = {ways(compact.split)} some rows were drawn from other "
            "episodes; they stand in tables of their own, and not here."
        )


def _point(row: Row | None) -> str:
    if row is None:
        return ""
    return percent(row.accuracy) or "failed"


def _published(figures: Sequence[Published]) -> Iterator[str]:
    if figures:
        yield from ("", "Published for this protocol; measured by others, not by this harness:", "")
        yield from _figures(figures)


def _other_protocols(dataset: str) -> Iterator[str]:
    protocols = other_protocols(dataset)
    if protocols:
        yield from ("", "## Published, other protocols", "")
        yield (
            f"Measured by others on {plain(dataset)}, by protocols that no task here follows: "
            "these figures compare with nothing above."
        )
    for protocol in protocols:
        what = plain(protocol.what)
        yield from ("", f"### {protocol.name} (published)", "", f"{what[0].upper()}{what[1:]}.", "")
        yield from _figures(protocol.figures)


def _figures(figures: Sequence[Published]) -> Iterator[str]:
    body = [
        (
            plain(figure.method),
            f"{figure.n_way}-way {figure.n_shot}-shot",
            str(figure.accuracy),
            plain(figure.source),
            "first hand" if figure.primary else "second hand",
        )
        for figure in figures
    ]
    yield from grid(("Published", "Shape", "Accuracy", "Source", "Read"), body, "llrll")


def _pictures(plots: Sequence[Plot], nouns: Nouns) -> Iterator[str]:
    for plot in plots:
        yield from ("", f"![{plain(plot.title)}](plots/{plot.name}.png)")
        if plot.name.startswith(LEARNING):
            yield ""
            yield (
                f"A line is one training. Each seed holds out other background {nouns.groups} to "
                "validate on, some harder than others: the heights of two seeds do not compare."
            )


def _origin(origin: Provenance, nouns: Nouns) -> Iterator[str]:
    yield from ("", "## How these figures were made", "")
    yield (
        f"- Intervals: {_LEVEL}, from {count(statistics.RESAMPLES)} resamples of "
        f"clusters (the official runs, or the {nouns.groups} of the queries) and of training "
        "seeds. Single trials are not resampled: those of a cluster rise and fall together. This "
        "is the pigeonhole bootstrap of Owen 2007, its percentile interval widened as Student's t "
        "is. "
        f"With fewer than {statistics.FEWEST_CLUSTERS} clusters there is no interval."
    )
    yield "- Ties share the point: 1/k where k classes score highest, the true one among them."
    yield (
        "- Times are medians over seeds, training is one fit, memory is the most of any seed. "
        "Cached: an earlier job had fitted the model, and its time is of then."
    )
    for machine in origin.machines:
        yield f"- Machine: {plain(machine)}"
    for commit in origin.commits:
        yield f"- Commit: {plain(commit)}"
    versions = (f"{plain(name)} {' and '.join(origin.versions[name])}" for name in origin.versions)
    yield f"- Versions: {', '.join(versions)}"
    yield "- To make this page again from the records: `oneshot report`"
