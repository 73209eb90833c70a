"""The page as a whole: read by everyone, by keyboard, on a phone, on paper, without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def read_by_everyone(page: Page, scheme: Any, width: int) -> None:
    """Assert what axe asks of a page, and that nothing but boxes of its own scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for summary in page.locator("summary:visible").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_it_can_be_read_by_everyone(opened: Page, scheme: Any, width: int) -> None:
    read_by_everyone(opened, scheme, width)


@pytest.mark.real
def test_the_committed_page_can_be_read_by_everyone(
    page: Page, committed: str, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(committed, encoding="utf-8")
    page.goto(path.as_uri())
    read_by_everyone(page, "dark", 390)
    page.set_viewport_size({"width": 1200, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200


def test_the_focus_goes_through_in_the_order_of_reading(opened: Page) -> None:
    places = []
    for _ in range(30):
        opened.keyboard.press("Tab")
        places.append(
            opened.evaluate("document.activeElement.getBoundingClientRect().top + scrollY")
        )
    assert len(set(places)) > 5
    assert places[1:] == sorted(places[1:])  # the first is the link that skips


def test_on_paper_it_is_light_and_has_no_controls(opened: Page) -> None:
    ink = "document.getElementById('against-n-chart')._fullLayout.font.color"
    light = opened.evaluate(ink)
    opened.emulate_media(color_scheme="dark")
    opened.wait_for_function(f"{ink} !== '{light}'")
    dark = opened.evaluate(ink)
    opened.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {ink}; }})")
    opened.pdf()
    assert opened.evaluate("window.printed") == light
    assert opened.evaluate(ink) == dark
    opened.emulate_media(color_scheme="dark", media="print")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert opened.evaluate(paper) == "rgb(255, 255, 255)"
    for part in ("#filters", "#gallery-controls", "#trials", "#methods input >> nth=0"):
        assert not opened.locator(part).is_visible()
    # the selects tell which task is shown, and the methods' names are the legend
    for part in ("#board", "#against-n", "#against-cost", "#methods label >> nth=0"):
        assert opened.locator(part).is_visible()
    assert opened.get_by_text("The gallery is for the screen").is_visible()
    assert not opened.get_by_text("Without JavaScript").is_visible()


def test_without_scripts_the_leaderboard_is_there(chromium: Any, site: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.as_uri())
    assert page.locator("#board tr.row:visible").count() == page.locator("#board tr.row").count()
    assert page.locator("#clusters-panels > .panel:visible").count() > 1
    assert page.get_by_text("Without JavaScript").is_visible()
    for part in ("#filters", "#methods", "#against-n-chart", "#trials"):
        assert not page.locator(part).is_visible()
    page.locator("a.details").first.click()
    assert page.locator("dialog:visible").count() == 1
    page.locator("dialog:visible").get_by_text("Close").click()
    assert page.locator("dialog:visible").count() == 0
    context.close()
