from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.learning.point import Point
from harness.protocol.dataset import DatasetId
from harness.protocol.settings import parse_method
from harness.records.learning_curve import LearningCurve
from harness.report.leaderboard import rows
from harness.report.plots.accuracy_against_n import _apart
from harness.report.plots.plots import FILE_NAME, Plot, plots
from harness.report.plots.style import styles
from harness.report.tables import tables

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def few_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw small: a picture of full size takes most of a second."""
    monkeypatch.setitem(styles.__globals__["_SETTINGS"], "savefig.dpi", 40)


def draw(results: Sequence[Any]) -> dict[str, Plot]:
    return {plot.name: plot for plot in plots(tables(rows(results)), ())}


def curve(make: Make, *ways: int, suffix: str = "", **how: Any) -> list[Any]:
    return [make(task=f"across-{n}w1s{suffix}", **how) for n in ways]


def test_a_curve_wants_three_n(make_record: Make) -> None:
    assert draw(curve(make_record, 5, 20)) == {}
    assert list(draw(curve(make_record, 5, 10, 20))) == ["accuracy-against-n-omniglot-across-1s"]


def test_n_with_other_numbers_of_episodes_are_other_curves(make_record: Make) -> None:
    mixed = curve(make_record, 5, 10) + curve(make_record, 20, n_episodes=9)
    assert draw(mixed) == {}
    (name,) = draw(curve(make_record, 5, 10, 20, n_episodes=9))
    assert name == "accuracy-against-n-omniglot-across-1s-9-episodes"


def test_the_same_bytes_each_time_and_in_any_order(make_record: Make) -> None:
    results = curve(make_record, 5, 10, 20) + curve(make_record, 10, suffix="@background")
    results += [make_record(method, task="across-20w1s") for method in ("a", "b")]
    first, again = draw(results), draw(list(reversed(results)))
    assert first == again
    assert sorted(first) == [
        "accuracy-against-cost-omniglot-across-20w1s",
        "accuracy-against-n-omniglot-across-1s",
    ]
    for plot in first.values():
        assert Image.open(io.BytesIO(plot.png)).size[0] == 320
        assert b"<svg" in plot.svg and b"<dc:date>" not in plot.svg


def test_synthetic_is_in_the_title_and_nothing_published_is(make_record: Make) -> None:
    real = draw(curve(make_record, 5, 10, 20))
    drawn = draw(curve(make_record, 5, 10, 20, dataset="sketch", synthetic=True))
    (plot,) = drawn.values()
    assert plot.title == "sketch (synthetic) across-Nw1s: accuracy against N"
    # text is written as shapes, which matplotlib names in comments
    (svg,) = (plot.svg for plot in real.values())
    assert b"<!-- published:" in svg
    assert b"<!-- published:" not in plot.svg


def test_cost_wants_two_methods_of_a_main_task(make_record: Make, make_failure: Make) -> None:
    one = make_record("a", task="lake-400")
    assert draw([one, make_failure("b", task="lake-400")]) == {}
    name = "accuracy-against-cost-omniglot-lake-400"
    assert list(draw([one, make_record("b", task="lake-400")])) == [name]
    on_background = [make_record(m, task="across-5w1s@background") for m in "abc"]
    assert draw(on_background) == {}


def test_untrained_methods_stand_at_the_edge(make_record: Make) -> None:
    untrained = [make_record(m, cost={"fit_seconds": 1e-6}) for m in "abc"]
    (without,) = draw(untrained).values()
    (beside,) = draw([*untrained, make_record("d", cost={"fit_seconds": 30.0})]).values()
    assert b"<!-- training -->" not in without.svg
    assert b"<!-- training -->" in beside.svg


def test_missing_intervals_and_odd_names_draw_without_a_warning(make_record: Make) -> None:
    names = ["$x^$ [a=1]".replace(" ", ""), "a" * 60, "tr"]
    results = [
        make_record(method, task=f"across-{n}w1s", n_clusters=2, transductive=method == "tr")
        for n in (5, 10, 20)
        for method in names
    ]
    assert len(draw(results)) == 3


def test_a_failed_method_is_not_drawn(make_record: Make, make_failure: Make) -> None:
    results = curve(make_record, 5, 10, 20)
    with_failure = [*results, make_failure("bad", task="across-5w1s")]
    (plot,) = draw(with_failure).values()
    assert b"<!-- bad" not in plot.svg


def test_one_name_has_one_colour_whatever_else_is_there() -> None:
    few = styles(map(parse_method, ["l2-1nn", "zebra"]))
    many = styles(map(parse_method, ["l2-1nn", "l2-1nn[a=1]", "random", "lda-1nn", "zebra"]))
    l2, variant = parse_method("l2-1nn"), parse_method("l2-1nn[a=1]")
    assert few[l2] == many[l2]
    assert many[variant].colour == many[l2].colour
    assert many[variant].marker != many[l2].marker
    assert few[parse_method("zebra")] == many[parse_method("zebra")]


@pytest.mark.parametrize("heights", [[50.0, 50.0, 50.0], [0.0, 1.0, 99.0, 100.0], [7.0], []])
def test_labels_are_moved_apart_and_stay_inside(heights: list[float]) -> None:
    places = np.sort(_apart(heights))
    assert (np.diff(places) > 4).all()
    assert ((places > 0) & (places <= 101)).all()


def test_its_own_files_are_told_from_others() -> None:
    assert FILE_NAME.fullmatch("accuracy-against-n-omniglot-across-1s.svg")
    assert FILE_NAME.fullmatch("accuracy-against-cost-sketch-lake-400.png")
    assert not FILE_NAME.fullmatch("accuracy-against-n-omniglot-across-1s.txt")
    assert not FILE_NAME.fullmatch("my-plot.png")


def learnt(method: str = "siamese", dataset: str = "omniglot", **changed: Any) -> LearningCurve:
    choice = parse_method(method)
    points = tuple(
        Point(step=10 * n, seconds=30.0 * n, loss=1 / n, accuracy=90 - 50 / n) for n in (1, 2, 3)
    )
    curve = LearningCurve(
        dataset=DatasetId(name=dataset, fingerprint="f0f0", synthetic=dataset != "omniglot"),
        method=choice.name,
        settings=dict(choice.pairs),
        seed=0,
        points=points,
    )
    return replace(curve, **changed)


def test_learning_curves_are_one_plot_for_each_dataset() -> None:
    curves = [learnt(), learnt(seed=1), learnt("matching[fce=true]"), learnt(dataset="sketch")]
    found = {plot.name: plot for plot in plots((), curves)}
    assert list(found) == ["learning-curves-omniglot", "learning-curves-sketch"]
    assert found["learning-curves-sketch"].title == "sketch (synthetic): learning curves"
    svg = found["learning-curves-omniglot"].svg
    assert b"matching[fce=true]" in svg and b"minutes of training" in svg
    assert all(FILE_NAME.fullmatch(f"{name}.png") for name in found)


def test_a_training_without_validation_shows_its_loss_alone() -> None:
    unvalidated = tuple(replace(point, accuracy=None) for point in learnt().points)
    (plot,) = plots((), [learnt(points=unvalidated)])
    assert b"<svg" in plot.svg
