"""The alphabets and the pairs: one task at a time, with the figures of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.protocol.dataset import Nouns
from harness.report.quantities import p_value, signed, spanned
from harness.report.site.heat_map import heat_map
from harness.report.site.matrix import matrix
from harness.report.tables import Table

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TITLE = "tiny: across-5w1s"
MARKS = {"better": "▲", "worse": "▼", "not told apart": "=", "not tested": "?"}
pytestmark = pytest.mark.browser


@pytest.fixture
def table(shown: tuple[Table, ...]) -> Table:
    """The table of the task that the panels below show."""
    (found,) = (t for t in shown if f"{t.episodes.dataset.label}: {t.episodes.task_label}" == TITLE)
    return found


def panel(page: Page, select: str) -> Locator:
    """Choose a task, and return the one panel that is there for it."""
    page.locator(f"#{select}").select_option(label=TITLE)
    visible = page.locator(f"#{select}-panels > .panel:visible")
    assert visible.count() == 1
    assert visible.locator("caption").inner_text().startswith(TITLE)
    return visible


def test_alphabets_have_their_accuracy_and_the_darker_the_harder(
    opened: Page, table: Table
) -> None:
    expected = heat_map(table, Nouns())
    assert expected is not None
    drawn = panel(opened, "clusters")
    assert drawn.locator("thead th").all_inner_texts()[1:] == list(expected.methods)
    for line, cluster in zip(drawn.locator("tbody tr").all(), expected.clusters, strict=True):
        assert line.locator("th").inner_text() == f"{cluster.name} {cluster.n_queries}"
        figures = [f"{accuracy:.1f}" for accuracy in cluster.accuracy]
        assert line.locator("td").all_inner_texts() == figures
    colours = (
        drawn.locator("tbody tr")
        .first.locator("td")
        .evaluate_all("cells => cells.map(cell => getComputedStyle(cell).backgroundColor)")
    )
    accuracies = expected.clusters[0].accuracy
    assert len(set(colours)) == len(set(f"{accuracy:.1f}" for accuracy in accuracies))


def test_pairs_have_their_difference_its_interval_and_its_verdict(
    opened: Page, table: Table
) -> None:
    expected = matrix(table)
    assert expected is not None
    drawn = panel(opened, "compared")
    verdicts = set()
    for line, cells in zip(drawn.locator("tbody tr").all(), expected.cells, strict=True):
        for place, cell in zip(line.locator("td").all(), cells, strict=True):
            text = place.inner_text()
            if cell is None:
                assert text == "–"
                continue
            verdicts.add(cell.verdict)
            assert text.startswith(f"{MARKS[cell.verdict]} {signed(cell.difference.mean)}")
            assert spanned(cell.difference) in text
            assert text.endswith(f"p {p_value(cell.p)}") == (cell.p is not None)
    assert {"better", "worse"} <= verdicts


def test_a_select_shows_another_task(opened: Page) -> None:
    for select in ("clusters", "compared"):
        panel(opened, select)
        opened.locator(f"#{select}").select_option(label="tiny: across-20w1s")
        visible = opened.locator(f"#{select}-panels > .panel:visible")
        assert visible.count() == 1
        assert visible.locator("caption").inner_text().startswith("tiny: across-20w1s")
