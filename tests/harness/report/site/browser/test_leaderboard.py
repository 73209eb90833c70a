"""The leaderboard: sort, filter, read a row, open where it comes from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser


def rows_of(page: Page) -> list[str]:
    """The methods of the leaderboard, as they stand there."""
    rows = page.locator("#board tr.row:visible")
    return [str(row.get_attribute("data-method")) for row in rows.all()]


def choose(page: Page, **wanted: str) -> None:
    for name, value in wanted.items():
        page.locator(f"#filters [name={name}]").select_option(value)


def head(page: Page, name: str) -> Locator:
    return page.get_by_role("columnheader", name=name).get_by_role("button")


def test_rows_sort_within_their_task_and_the_unknown_stays_last(opened: Page, hostile: str) -> None:
    choose(opened, dataset="tiny", task="across-5w1s")
    assert rows_of(opened)[:2] == ["siamese", "lda-1nn"]
    assert sorted(rows_of(opened)[2:4]) == sorted(["l2-1nn (transductive)", hostile])
    assert rows_of(opened)[4:] == ["random", "bad"]
    training = opened.get_by_role("columnheader", name="Training")
    head(opened, "Training").click()
    assert training.get_attribute("aria-sort") == "ascending"
    assert rows_of(opened)[-3:] == ["lda-1nn", "siamese", "bad"]
    head(opened, "Training").press("Enter")
    assert training.get_attribute("aria-sort") == "descending"
    assert rows_of(opened)[:2] == ["siamese", "lda-1nn"]
    assert rows_of(opened)[-1] == "bad"
    for first in ("l2-1nn (transductive)", "lda-1nn"):  # 0 parameters, then 10
        head(opened, "Parameters").click()
        assert rows_of(opened)[0] == first
        assert {*rows_of(opened)[3:]} == {hostile, "random", "bad"}
    head(opened, "Method").click()
    names = [hostile, "bad", "l2-1nn (transductive)", "lda-1nn", "random", "siamese"]
    assert rows_of(opened) == names


def test_filters_leave_what_matches(opened: Page) -> None:
    choose(opened, dataset="tiny", task="across-20w1s")
    assert len(rows_of(opened)) == 4
    choose(opened, trained="yes")
    assert rows_of(opened) == ["siamese", "lda-1nn"]
    part = opened.get_by_label("Method", exact=True).first
    part.fill("LDA")
    assert rows_of(opened) == ["lda-1nn"]
    part.fill("nothing of this name")
    assert rows_of(opened) == []
    assert "no row" in opened.locator("#shown").inner_text()
    part.fill("")
    choose(opened, dataset="", task="", trained="")
    everything = len(rows_of(opened))
    assert opened.locator("#shown").inner_text() == f"{everything} of {everything} rows"
    choose(opened, framework="numpy")
    assert len(rows_of(opened)) == everything - 1  # what a failure would have used nobody knows
    choose(opened, dataset="drawn (synthetic)")
    assert rows_of(opened) == ["random"]


def test_an_interval_is_drawn_where_its_figures_are(opened: Page) -> None:
    choose(opened, dataset="tiny", task="across-5w1s")
    row = opened.locator("#board tr.row[data-method=siamese]:visible")
    mean, low, high = map(float, re.findall(r"[\d.]+", row.locator(".figure").inner_text()))
    parts = {"range": ("x", "width"), "mean": ("x", "width"), "chance": ("x1",)}
    drawn = {
        part: [float(row.locator(f".interval .{part}").get_attribute(at) or "") for at in places]
        for part, places in parts.items()
    }
    assert drawn["range"] == [pytest.approx(low, abs=0.06), pytest.approx(high - low, abs=0.11)]
    assert drawn["mean"][0] + drawn["mean"][1] / 2 == pytest.approx(mean, abs=0.01)
    assert drawn["chance"] == [20.0]


def test_published_figures_have_a_group_of_their_own(opened: Page) -> None:
    choose(opened, dataset="omniglot", task="across-20w1s")
    assert rows_of(opened) == ["people", "pixels", "guesses"]
    published = opened.locator("#board tbody.published:visible")
    assert published.count() == 1
    text = published.inner_text()
    assert "measured by others, not by this harness" in text
    assert "83.0" in text and "Bouma 2017" in text and "protocol bouma" in text
    assert published.locator("tr.row").count() == 0
    opened.get_by_label("Method", exact=True).first.fill("pe")
    assert rows_of(opened) == ["people"] and published.count() == 0
    opened.get_by_label("Method", exact=True).first.fill("")
    assert published.count() == 1
    choose(opened, task="across-10w1s")
    assert published.count() == 0


def test_failed_and_transductive_rows_are_marked(opened: Page) -> None:
    choose(opened, dataset="tiny", task="across-5w1s")
    failed = opened.locator("#board tr.row[data-method=bad]").inner_text()
    assert "failed" in failed and "<b>out</b> (seed 0)" in failed
    marked = opened.locator("#board tr.row:visible", has_text="transductive")
    assert [row.get_attribute("data-method") for row in marked.all()] == ["l2-1nn (transductive)"]


def test_a_row_opens_and_closes_by_keyboard(opened: Page) -> None:
    link = opened.locator("#board tr.row:visible a.details").first
    link.focus()
    link.press("Enter")
    origin = opened.locator("dialog[open]")
    assert origin.count() == 1
    text = origin.inner_text()
    for words in ("A Processor, 2 cores", "0123abcd", "numpy 2.0.0", "Seeds", "Settings"):
        assert words in text
    opened.keyboard.press("Escape")
    assert origin.count() == 0
    assert link.evaluate("link => link === document.activeElement")
    link.click()
    origin.get_by_text("Close").click()
    assert origin.count() == 0


def test_an_address_opens_a_row_and_it_can_be_closed(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}#%")  # an address that is none opens nothing
    links = page.locator("#board a.details:visible").all()
    first, second = (link.get_attribute("href") or "" for link in links[:2])
    page.goto(site.as_uri() + second)
    origin = page.locator("dialog:visible")
    assert origin.get_attribute("id") == second.removeprefix("#")
    assert origin.evaluate("origin => origin.scrollTop") == 0
    assert origin.locator("h3").evaluate("head => head === document.activeElement")
    origin.get_by_text("Close").click()
    assert origin.count() == 0
    page.goto(site.as_uri() + first)
    assert origin.get_attribute("id") == first.removeprefix("#")


def test_a_hostile_name_is_shown_as_text(opened: Page, hostile: str) -> None:
    choose(opened, dataset="", task="")
    assert opened.locator("#board th[scope=row]", has_text=hostile).count() >= 4
    assert opened.locator("[href*=evil]").count() == 0
    assert opened.locator("#board b").count() == 0
    assert opened.locator("#methods").get_by_label(hostile).count() == 1
