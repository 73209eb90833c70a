from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.learning.point import Point
from harness.protocol.settings import parse_method
from harness.records.learning_curve import LearningCurve
from harness.report.leaderboard import rows
from harness.report.plots.style import styles
from harness.report.site import charts as module
from harness.report.site.charts import Charts, charts
from harness.report.tables import tables
from tests.support.dataset_ids import OMNIGLOT

Make = Callable[..., Any]


def of(*results: Any, learning: tuple[LearningCurve, ...] = ()) -> Charts:
    return charts(tables(rows(results)), learning)


def learnt(method: str = "a", accuracy: float = 50.0) -> LearningCurve:
    choice = parse_method(method)
    return LearningCurve(
        dataset=OMNIGLOT,
        method=choice.name,
        settings=dict(choice.pairs),
        seed=0,
        points=(
            Point(step=1, seconds=60.0, loss=2.0, accuracy=None),
            Point(step=2, seconds=90.0, loss=1.5, accuracy=accuracy),
        ),
    )


def test_a_line_has_every_n_its_interval_and_its_background(make_record: Make) -> None:
    results = [make_record(task=f"across-{n}w1s", right=n) for n in (5, 9, 20)]
    results += [make_record(task=f"across-{n}w1s@background", right=20) for n in (5, 9)]
    (chart,) = of(*results).against_n
    solid, dashed = chart.lines
    assert (solid.ways, solid.mean) == ((5, 9, 20), (25.0, 45.0, 100.0))
    assert (solid.dashed, dashed.dashed) == (False, True)
    assert solid.low[2] is None and solid.low[1] is not None
    assert (dashed.ways, dashed.mean) == ((5, 9), (100.0, 100.0))


def test_published_figures_stand_beside_the_real_thing_alone(make_record: Make) -> None:
    ways = (5, 10, 20)
    (real,) = of(*(make_record(task=f"across-{n}w1s") for n in ways)).against_n
    assert [(mark.n_way, mark.accuracy) for mark in real.published] == [(20, 83.0)]
    drawn = of(*(make_record(task=f"across-{n}w1s", synthetic=True) for n in ways))
    assert drawn.against_n[0].published == ()


def test_costs_tell_who_trained_nothing(make_record: Make) -> None:
    results = [
        make_record("a", cost={"fit_seconds": 1e-6, "score_seconds": 0.02}),
        make_record("b", cost={"fit_seconds": 60.0}),
        make_record("c"),
    ]
    (chart,) = of(*results).against_cost
    found = {point.method: point for point in chart.points}
    assert found["a"].fit_seconds is None
    assert found["a"].score_ms == 1.0
    assert found["b"].fit_seconds == 60.0


def test_of_many_methods_the_best_are_drawn(
    make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_METHODS", 2)
    results = [
        make_record(name, task=f"across-{n}w1s{split}", right=right)
        for name, right in (("a", 15), ("b", 5), ("c", 19))
        for n in (5, 9, 20)
        for split in ("", "@background")
    ]
    trained = tuple(learnt(name, accuracy=a) for name, a in (("a", 40.0), ("b", 70.0), ("d", 50.0)))
    made = of(*results, learning=trained)
    (chart,) = made.against_n
    drawn = [(line.method, line.dashed) for line in chart.lines]
    assert drawn == [("a", False), ("c", False), ("a", True), ("c", True)]
    assert chart.title == "omniglot across-Nw1s, the best 2 of 3 methods"
    assert {len(chart.points) for chart in made.against_cost} == {2}
    assert {line.method for line in made.learning[0].lines} == {"b", "d"}
    assert {method.name for method in made.methods} == {"a", "b", "c", "d"}


def test_methods_look_as_in_the_plots(make_record: Make) -> None:
    names = ["siamese", "random", "siamese[preset=paper]"]
    found = {method.name: method for method in of(*map(make_record, names)).methods}
    look = styles(map(parse_method, names))
    assert {name: found[name].colour for name in names} == {
        name: look[parse_method(name)].colour for name in names
    }
    assert found["random"].symbol == "star"
    assert found["siamese"].symbol != found["siamese[preset=paper]"].symbol


def test_learning_curves_in_minutes_with_gaps(make_record: Make) -> None:
    made = of(make_record("b"), learning=(learnt("a[y=2,x=1]"),))
    ((line,),) = (chart.lines for chart in made.learning)
    assert line.minutes == (1.0, 1.5)
    assert line.accuracy == (None, 50.0)
    assert line.loss == (2.0, 1.5)
    # its settings are in one order, as those of records
    assert line.method == "a[x=1,y=2]"
    assert [method.name for method in made.methods] == ["a[x=1,y=2]"]  # "b" is in no chart
