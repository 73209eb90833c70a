"""The page in a real browser: everything that a reader can do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.learning_curve import LearningCurve, Point
from harness.plugins import Plugins
from harness.report.leaderboard import rows
from harness.report.provenance import provenance
from harness.report.site.site import to_html
from harness.report.tables import tables

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Make = Callable[..., Any]
HOSTILE = "<img src=x onerror=alert(1)>"
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(
    answer: Make,
    make_record: Make,
    make_failure: Make,
    plugins: Plugins,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A page with everything on it."""
    results: list[Any] = []
    shares = {"siamese": 0.9, "lda-1nn": 0.8, "random": 0.2, HOSTILE: 0.5}
    fits = {"siamese": 300.0, "lda-1nn": 8.0}
    for name, share in shares.items():
        for task in ("across-5w1s", "across-10w1s", "across-20w1s", "across-5w1s@background"):
            cost = {"fit_seconds": fits.get(name, 1e-6), "score_seconds": 0.01 + share / 10}
            results.append(answer(name, task, share=share, n_episodes=None, cost=cost))
    results.append(answer("l2-1nn", transductive=True, n_episodes=None))
    fingerprint = results[0].identity.fingerprint
    results.append(
        make_failure("bad", dataset="tiny", fingerprint=fingerprint, reason="<b>out</b>")
    )
    results.append(make_record("random", dataset="drawn", synthetic=True))
    points = tuple(
        Point(step=n, seconds=60.0 * n, loss=2.0 / n, accuracy=50.0 + n) for n in range(1, 5)
    )
    curve = LearningCurve(
        dataset="tiny",
        fingerprint="f0",
        synthetic=False,
        method="siamese",
        settings={},
        seed=0,
        points=points,
    )
    text = to_html(tables(rows(results)), [curve], provenance(results), len(results), plugins)
    path = tmp_path_factory.mktemp("site") / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(page: Page, site: Path) -> Iterator[Page]:
    """The page, open; it may ask for nothing but itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.as_uri())
    yield page
    assert [url for url in asked if not url.startswith("data:")] == [site.as_uri()]


def shown(page: Page) -> list[str]:
    """The methods of the leaderboard, as they stand there."""
    rows = page.locator("#board tr.row:visible")
    return [str(row.get_attribute("data-method")) for row in rows.all()]


def traces(page: Page, chart: str) -> list[dict[str, Any]]:
    """What Plotly draws there."""
    return page.evaluate(
        "id => document.getElementById(id).data.map(({name, line}) => ({name, dash: line?.dash}))",
        chart,
    )


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"#filters [name={name}]").select_option(value)


def test_rows_sort_within_their_task_and_failures_stay_last(opened: Page) -> None:
    choose(opened, "dataset", "tiny")
    choose(opened, "task", "across-5w1s")
    by_accuracy = ["siamese", "lda-1nn", "l2-1nn (transductive)", HOSTILE, "random", "bad"]
    assert sorted(shown(opened)[2:4]) == sorted(by_accuracy[2:4])
    assert [*shown(opened)[:2], *shown(opened)[4:]] == [*by_accuracy[:2], *by_accuracy[4:]]
    head = opened.get_by_role("columnheader", name="Training")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown(opened)[-3:] == ["lda-1nn", "siamese", "bad"]
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown(opened)[:2] == ["siamese", "lda-1nn"]
    assert shown(opened)[-1] == "bad"
    opened.get_by_role("columnheader", name="Method").get_by_role("button").click()
    names = [HOSTILE, "bad", "l2-1nn (transductive)", "lda-1nn", "random", "siamese"]
    assert shown(opened) == names


def test_filters_leave_what_matches(opened: Page) -> None:
    choose(opened, "dataset", "tiny")
    choose(opened, "task", "across-20w1s")
    assert len(shown(opened)) == 4
    choose(opened, "trained", "yes")
    assert shown(opened) == ["siamese", "lda-1nn"]
    opened.get_by_label("Method", exact=True).first.fill("LDA")
    assert shown(opened) == ["lda-1nn"]
    opened.get_by_label("Method", exact=True).first.fill("nothing of this name")
    assert shown(opened) == []
    assert "no row" in opened.locator("#shown").inner_text()
    opened.get_by_label("Method", exact=True).first.fill("")
    for name in ("dataset", "task", "trained"):
        choose(opened, name, "")
    assert opened.locator("#shown").inner_text() == "19 of 19 rows"
    choose(opened, "framework", "numpy")
    assert len(shown(opened)) == 18  # nobody knows what a failure would have computed with
    choose(opened, "dataset", "drawn (synthetic)")
    assert shown(opened) == ["random"]


def test_a_row_opens_and_closes_by_keyboard(opened: Page) -> None:
    link = opened.locator("#board tr.row:visible a.details").first
    link.focus()
    link.press("Enter")
    dialog = opened.locator("dialog[open]")
    assert dialog.count() == 1
    text = dialog.inner_text()
    for words in ("A Processor, 2 cores", "0123abcd", "numpy 2.0.0", "Seeds", "Settings"):
        assert words in text
    opened.keyboard.press("Escape")
    assert opened.locator("dialog[open]").count() == 0
    assert link.evaluate("link => link === document.activeElement")
    link.click()
    dialog.get_by_role("button", name="Close").click()
    assert opened.locator("dialog[open]").count() == 0


def test_methods_switch_off_and_on_in_every_chart(opened: Page) -> None:
    names = [trace["name"] for trace in traces(opened, "against-n-chart")]
    assert names.count("siamese") == 2  # evaluation, and dashed the background
    dashes = {t["dash"] for t in traces(opened, "against-n-chart") if t["name"] == "siamese"}
    assert dashes == {"solid", "dash"}
    box = opened.locator("#methods").get_by_label("siamese")
    box.focus()
    opened.keyboard.press("Space")
    for chart in ("against-n-chart", "against-fit-chart", "against-score-chart", "learning-chart"):
        assert "siamese" not in [trace["name"] for trace in traces(opened, chart)]
    assert "lda-1nn" in [trace["name"] for trace in traces(opened, "against-n-chart")]
    opened.locator("#methods").get_by_role("button", name="none").click()
    assert "lda-1nn" not in [trace["name"] for trace in traces(opened, "against-n-chart")]
    opened.locator("#methods").get_by_role("button", name="all").click()
    names = [trace["name"] for trace in traces(opened, "learning-chart")]
    assert names == ["siamese, seed 0", "siamese, seed 0"]


def test_an_interval_shows_on_hover(opened: Page) -> None:
    chart = opened.locator("#against-n-chart")
    chart.scroll_into_view_if_needed()
    # where the last point of siamese lies on the screen
    x, y = chart.evaluate(
        """chart => {
          const trace = chart.data.find(t => t.name === "siamese" && t.line.dash === "solid");
          const { xaxis, yaxis } = chart._fullLayout, box = chart.getBoundingClientRect();
          const last = trace.x.length - 1;
          return [box.left + xaxis._offset + xaxis.l2p(trace.x[last]),
                  box.top + yaxis._offset + yaxis.l2p(trace.y[last])];
        }"""
    )
    opened.mouse.move(x - 3, y)
    opened.mouse.move(x, y)
    hover = opened.locator("#against-n-chart .hovertext")
    hover.wait_for()
    said = hover.text_content() or ""
    assert "siamese" in said and "N = 20" in said and " to " in said


def test_the_front_is_of_the_methods_shown(opened: Page) -> None:
    front = "document.getElementById('against-fit-chart').data[0].x.length"
    every = opened.evaluate(front)
    assert every == 3  # the best that trains nothing, lda-1nn and siamese
    opened.locator("#methods").get_by_label("lda-1nn").uncheck()
    assert opened.evaluate(front) == 2


def test_a_select_shows_one_panel(opened: Page) -> None:
    for select, panels in (("clusters", "#clusters-panels"), ("compared", "#compared-panels")):
        visible = opened.locator(f"{panels} > .panel:visible")
        assert visible.count() == 1
        before = visible.locator("caption").inner_text()
        opened.locator(f"#{select}").select_option("1")
        assert visible.count() == 1
        assert visible.locator("caption").inner_text() != before


def cards(page: Page) -> Locator:
    return page.locator("#trials > li")


def test_the_gallery_is_walked_by_keyboard(opened: Page) -> None:
    count = cards(opened).count()
    assert count > 4
    cards(opened).first.focus()

    def trial() -> str:
        """The trial that is told beside the cards, which is the one in focus."""
        said = opened.locator("#trial h3").inner_text()
        label = opened.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label.startswith(said.replace("Trial", "trial"))
        return said

    opened.keyboard.press("ArrowRight")
    second = trial()
    opened.keyboard.press("ArrowRight")
    assert trial() != second
    opened.keyboard.press("ArrowLeft")
    assert trial() == second
    opened.keyboard.press("End")
    assert cards(opened).last.get_attribute("aria-selected") == "true"
    last = trial()
    opened.keyboard.press("ArrowRight")
    assert trial() == last
    opened.keyboard.press("ArrowUp")
    assert trial() != last
    opened.keyboard.press("Home")
    assert cards(opened).first.get_attribute("aria-selected") == "true"
    assert opened.locator("#trials [aria-selected=true]").count() == 1
    opened.keyboard.press("Tab")
    assert not opened.evaluate("document.activeElement.closest('#trials') !== null")


def test_the_gallery_shows_one_everyone_and_two(opened: Page) -> None:
    controls = opened.locator("#gallery-controls")
    controls.locator("[name=one]").select_option("random")
    of_random = cards(opened).count()
    controls.locator("[name=one]").select_option("siamese")
    of_siamese = cards(opened).count()
    assert 0 < of_siamese < of_random
    assert cards(opened).first.locator(".drawing").count() == 3
    assert "truth" in cards(opened).first.inner_text()
    controls.locator("[name=view]").select_option("everyone")
    everyone = cards(opened).count()
    assert everyone < of_siamese
    assert not controls.locator("[name=one]").is_visible()
    for other in (HOSTILE, "lda-1nn", "random", "l2-1nn"):
        opened.locator("#methods").get_by_label(other).uncheck()
    assert cards(opened).count() == of_siamese
    controls.locator("[name=view]").select_option("differ")
    controls.locator("[name=other]").select_option("random")
    differ = cards(opened).count()
    assert differ >= of_random - of_siamese
    labels = cards(opened).first.get_attribute("aria-label") or ""
    assert "siamese" in labels and "random" in labels
    assert opened.locator("#trial .answers li").count() >= 4


def test_a_hostile_name_is_shown_as_text(opened: Page) -> None:
    choose(opened, "dataset", "")
    choose(opened, "task", "")
    assert opened.locator("#board th[scope=row]", has_text=HOSTILE).count() >= 4
    assert opened.locator("img").count() == 0
    assert opened.locator("#board b").count() == 0
    opened.locator("#gallery-controls [name=one]").select_option(HOSTILE)
    assert HOSTILE in opened.locator("#trial").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_it_can_be_read_by_everyone(opened: Page, scheme: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened.set_viewport_size({"width": width, "height": 800})
    opened.emulate_media(color_scheme=scheme)
    opened.locator("summary").first.click()
    found = Axe().run(opened).response["violations"]
    assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == []
    # nothing but the tables' own boxes scrolls sideways
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_the_focus_goes_through_in_the_order_of_reading(opened: Page) -> None:
    places = []
    for _ in range(30):
        opened.keyboard.press("Tab")
        places.append(
            opened.evaluate("document.activeElement.getBoundingClientRect().top + scrollY")
        )
    assert len(set(places)) > 5
    assert places[1:] == sorted(places[1:])  # the first is the link that skips


def test_on_paper_no_controls_remain(opened: Page) -> None:
    opened.emulate_media(media="print")
    assert not opened.locator("#filters").is_visible()
    assert not opened.locator("#gallery").is_visible()
    assert opened.locator("#board").is_visible()


def test_without_scripts_the_leaderboard_is_there(chromium: Any, site: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.as_uri())
    assert page.locator("#board tr.row:visible").count() == 19
    assert page.locator("#clusters-panels > .panel:visible").count() > 1
    page.locator("a.details").first.click()
    assert page.locator("dialog:visible").count() == 1
    context.close()
