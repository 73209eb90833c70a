"""The charts: what is drawn, switched, chosen and told under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.report.quantities import percent
from harness.report.tables import Table

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHARTS = ("against-n-chart", "against-fit-chart", "against-score-chart", "learning-chart")
pytestmark = pytest.mark.browser


@pytest.fixture
def drawn(opened: Page) -> Page:
    """The page with the charts of the dataset that is at hand."""
    for select, title in (
        ("against-n", "tiny across-Nw1s"),
        ("against-cost", "tiny across-20w1s"),
        ("learning", "tiny"),
    ):
        opened.locator(f"#{select}").select_option(label=title)
    return opened


def traces(page: Page, chart: str) -> list[dict[str, Any]]:
    """What Plotly draws there."""
    return page.evaluate(
        """id => document.getElementById(id).data.map(
          ({name, x, y, text, line, marker, fill, error_y}) => ({
            name, x, y, text, dash: line?.dash, symbol: marker?.symbol, fill, bar: error_y?.array,
          }))""",
        chart,
    )


def names(page: Page, chart: str) -> list[Any]:
    return [trace["name"] for trace in traces(page, chart)]


def hover(page: Page, method: str) -> str:
    """Return what is told at the last point of a method's line."""
    chart = page.locator("#against-n-chart")
    chart.scroll_into_view_if_needed()
    x, y = chart.evaluate(
        """(chart, name) => {
          const trace = chart.data.find(t => t.name === name && t.line.dash === "solid");
          const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect();
          const last = trace.x.length - 1;
          return [box.left + xaxis._offset + xaxis.l2p(trace.x[last]),
                  box.top + yaxis._offset + yaxis.l2p(trace.y[last])];
        }""",
        method,
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    told = page.locator("#against-n-chart .hovertext")
    told.wait_for()
    return told.text_content() or ""


def test_methods_switch_off_and_on_in_every_chart(drawn: Page) -> None:
    siamese = [t for t in traces(drawn, "against-n-chart") if t["name"] == "siamese"]
    assert {(t["dash"], *t["x"]) for t in siamese} == {("solid", 5, 10, 20), ("dash", 5)}
    bands = [t for t in traces(drawn, "against-n-chart") if t.get("fill") == "toself"]
    assert len(bands) == 5  # one for each method's line that is not dashed
    box = drawn.locator("#methods").get_by_label("siamese")
    box.focus()
    drawn.keyboard.press("Space")
    left = [t for t in traces(drawn, "against-n-chart") if t.get("fill") == "toself"]
    assert len(left) == 4 and left == [band for band in bands if band in left]
    for chart in CHARTS:
        assert "siamese" not in names(drawn, chart)
    assert "lda-1nn" in names(drawn, "against-n-chart")
    drawn.locator("#methods").get_by_role("button", name="none").click()
    assert "lda-1nn" not in names(drawn, "against-n-chart")
    drawn.locator("#methods").get_by_role("button", name="all").click()
    assert names(drawn, "learning-chart") == ["siamese, seed 0", "siamese, seed 0"]


def test_a_point_is_the_leaderboards_and_told_with_its_interval(
    drawn: Page, shown: tuple[Table, ...]
) -> None:
    (row,) = [
        row
        for table in shown
        for row in table.measured
        if (str(row.episodes.task), row.label) == ("across-20w1s", "siamese")
    ]
    assert row.accuracy is not None
    told = hover(drawn, "siamese")
    assert told == f"siamese{'N = 20: '}{percent(row.accuracy)}"
    drawn.locator("#against-n-panels summary:visible").click()
    table = drawn.locator("#against-n-panels details:visible")
    heads = table.locator("thead th").all_inner_texts()
    cells = table.locator("tbody tr").last.locator("th, td").all_inner_texts()
    assert dict(zip(heads, cells, strict=True))["siamese"] == percent(row.accuracy)
    assert heads.count("siamese, background") == 1
    assert cells[0] == "20" and cells[heads.index("siamese, background")] == ""
    drawn.locator("#methods").get_by_label("siamese").uncheck()
    left = table.locator("thead th:visible").all_inner_texts()
    assert left == [head for head in heads if not head.startswith("siamese")]


def test_a_hostile_name_is_told_as_text(drawn: Page, hostile: str) -> None:
    # in Plotly's texts, markup is styled and a link can be followed
    mark = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert hover(drawn, mark).startswith(hostile)
    assert drawn.locator("#against-n-chart a").count() == 0


def test_costs_are_drawn_on_logarithmic_axes_with_the_front_of_what_is_shown(drawn: Page) -> None:
    for chart in ("against-fit-chart", "against-score-chart"):
        kind = f"document.getElementById('{chart}')._fullLayout.xaxis.type"
        assert drawn.evaluate(kind) == "log"
        points = traces(drawn, chart)[1:]
        assert len(points) == 4 and all(point["bar"] for point in points)
    front = traces(drawn, "against-fit-chart")[0]
    assert front["x"][1:] == [8.0, 300.0]  # after the best that trains nothing
    assert front["y"] == sorted(front["y"])
    drawn.locator("#methods").get_by_label("lda-1nn").uncheck()
    assert len(traces(drawn, "against-fit-chart")[0]["x"]) == 2


def test_what_was_published_stands_in_its_chart_alone(drawn: Page) -> None:
    assert traces(drawn, "against-n-chart")[-1]["x"] == []
    drawn.locator("#against-n").select_option(label="omniglot across-Nw1s")
    marks = traces(drawn, "against-n-chart")[-1]
    assert (marks["x"], marks["y"], marks["symbol"]) == ([20], [83], "circle-open")
    assert "published" in marks["text"][0] and "Bouma" in marks["text"][0]
    assert drawn.locator("#against-n-panels details:visible").count() == 1


def test_a_select_draws_another(drawn: Page) -> None:
    for select, what, charts in (
        ("against-n", "omniglot across-Nw1s", CHARTS[:1]),
        ("against-cost", "omniglot across-5w1s", CHARTS[1:3]),
        ("learning", "omniglot", CHARTS[3:]),
    ):
        for chart in charts:
            assert any(str(name).startswith("siamese") for name in names(drawn, chart))
        drawn.locator(f"#{select}").select_option(label=what)
        for chart in charts:
            found = [str(name) for name in names(drawn, chart)]
            assert any(name.startswith("people") for name in found)
            assert not any(name.startswith("siamese") for name in found)


def test_both_scales_of_a_training_are_drawn(drawn: Page) -> None:
    accuracy, loss = traces(drawn, "learning-chart")
    assert accuracy["x"] == loss["x"] == [1, 2, 3, 4]
    assert accuracy["y"] == [51, 52, 53, 54]
    assert loss["y"] == pytest.approx([2, 1, 2 / 3, 0.5])
    scale = "document.getElementById('learning-chart')._fullLayout.yaxis2.type"
    assert drawn.evaluate(scale) == "log"
