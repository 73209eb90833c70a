"""Whole rounds in a browser: by keys and clicks, reloaded, stopped and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from harness.records.record import Record
from harness.records.store import read

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
Serve = Callable[..., AbstractContextManager[Any]]
KEYS = "1234567890abcdefghijklmnopqrstuvwxyz"
OVERFLOWING = """
[...document.querySelectorAll("body *:not(.unseen)")]
  .filter((each) => getComputedStyle(each).display !== "inline")
  .filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth)
  .map((each) => each.outerHTML)
"""

IN_THE_BACKGROUND = """
const frames = [], real = window.requestAnimationFrame;
window.requestAnimationFrame = (frame) => frames.push(frame);
window.look = () => {
  window.requestAnimationFrame = real;
  frames.forEach((frame) => real(frame));
};
"""
"""A hidden tab, which has no frames until ``look()``."""


def painted(page: Page, title: str) -> None:
    """Wait until a trial can be answered."""
    page.wait_for_selector(f'main[data-painted="{title}"]')


def n_answers(served: Any) -> int:
    return len(served.session.round.answers)


def full(*what: object) -> None:
    """Fail as a write to a full disk does."""
    raise OSError(28, "No space left on device")


def check_readable(page: Page) -> None:
    """Check a page at two widths, in light and in dark: with axe, and that nothing overflows."""
    from axe_playwright_python.sync_playwright import Axe

    size = page.viewport_size
    assert size is not None
    for width in (390, size["width"]):
        page.set_viewport_size({**size, "width": width})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{width}, {scheme}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []


def test_a_whole_round(serve: Serve, page: Page) -> None:
    options = {"task": "lake-400", "n_trials": 10, "name": "Ada & Bob"}
    with serve(**options) as served:
        truth = [served.session.round.trials.truth(trial) for trial in range(10)]
        page.goto(served.url)
        check_readable(page)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 10")
        check_readable(page)
        assert page.get_by_role("img", name="query: the class to find").is_visible()
        assert page.get_by_role("group", name="candidates").get_by_role("button").count() == 5
        page.keyboard.press(KEYS[truth[0]])
        painted(page, "Trial 2 of 10")
        page.get_by_role("button", name=f"candidate {truth[1] + 1}", exact=True).click()
        painted(page, "Trial 3 of 10")
        page.reload()
        painted(page, "Trial 3 of 10")
        page.keyboard.press("ArrowRight")
        for _ in range(truth[2]):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        painted(page, "Trial 4 of 10")
        assert n_answers(served) == 3
    with serve(**options) as served:  # the same command again, on another port
        page.goto(served.url)
        for trial in range(3, 10):
            painted(page, f"Trial {trial + 1} of 10")
            wrong = trial in (4, 7)
            page.keyboard.press(KEYS[(truth[trial] + wrong) % 5])
        page.get_by_role("heading", name="8 of 10 right").wait_for()
        record = read(served.session.record_path)
    # the server has stopped, and the page is complete
    check_readable(page)
    assert isinstance(record, Record)
    answers = record.outcomes.answer.ravel().tolist()
    assert [trial for trial in range(10) if answers[trial] != truth[trial]] == [4, 7]
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["who", "bar", "accuracy, %"]
    _, you, *_ = page.get_by_role("row").all_inner_texts()
    assert "80.00" in you and "human[name=Ada & Bob] (transductive)" in you
    wrong_answers = page.get_by_role("listitem").all_inner_texts()
    assert [each.split()[:2] for each in wrong_answers] == [["trial", "5"], ["trial", "8"]]
    assert f"the truth\ncandidate {truth[4] + 1}" in wrong_answers[0]
    assert 0 < record.cost.score_seconds < 60
    page.get_by_role("img", name="the truth of trial 8").wait_for()


def test_practice_shows_the_truth_and_does_not_count(serve: Serve, page: Page) -> None:
    with serve(n_trials=2) as served:
        practice = served.session.setup.practice
        page.goto(served.url)
        page.get_by_role("button", name="Practise first").click()
        for number in range(len(practice)):
            painted(page, f"Practice {number + 1} of {len(practice)}")
            way, right = practice.truth(number), number % 2 == 0
            page.keyboard.press(KEYS[way if right else (way + 1) % 5])
            said = page.get_by_role("status").inner_text()
            assert said == ("Right." if right else f"No: it is candidate {way + 1}.")
            if number < 2:
                check_readable(page)
            page.keyboard.press("Enter")
        painted(page, "Trial 1 of 2")
        assert page.get_by_role("status").inner_text() == ""
        assert n_answers(served) == 0


def test_many_candidates_have_keys_clicks_and_arrows(
    serve: Serve, page: Page, make_dataset: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = make_dataset(classes=10)
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: wide)
    with serve("across-60w1s", 4) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 4")
        check_readable(page)
        assert page.locator("kbd").all_inner_texts() == list(KEYS)
        page.keyboard.press("z")
        painted(page, "Trial 2 of 4")
        page.get_by_role("button", name="candidate 60", exact=True).click()
        painted(page, "Trial 3 of 4")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        painted(page, "Trial 4 of 4")
        page.get_by_label("answer by keys").uncheck()
        page.keyboard.press("a")
        page.keyboard.press("Control+a")
        page.get_by_label("answer by keys").check()
        page.keyboard.press("Shift+Digit3")
        page.get_by_role("heading", name="right").wait_for()
        chosen = [each.answer for each in served.session.round.answers]
    assert chosen[:2] == [35, 59]
    assert chosen[2] >= 2  # one row down
    assert chosen[3] == 2


def test_two_tabs_count_an_answer_once(serve: Serve, chromium: Browser) -> None:
    with serve(n_trials=3) as served:
        context = chromium.new_context()
        one, other = context.new_page(), context.new_page()
        for tab in (one, other):
            tab.goto(served.url)
            tab.get_by_role("button", name="Begin").click()
            painted(tab, "Trial 1 of 3")
        one.keyboard.press("1")
        painted(one, "Trial 2 of 3")
        other.keyboard.press("2")
        painted(other, "Trial 2 of 3")
        assert "answered already" in other.get_by_role("alert").inner_text()
        other.keyboard.press("3")
        painted(other, "Trial 3 of 3")
        assert [each.answer for each in served.session.round.answers] == [0, 2]
        context.close()


def test_a_page_whose_server_is_gone_says_what_to_do(serve: Serve, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with serve(n_trials=3) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 3")
        page.keyboard.press("1")
        painted(page, "Trial 2 of 3")
    page.keyboard.press("1")
    page.get_by_role("alert").wait_for()
    message = "run the same command again, and open the address that it prints"
    assert message in page.get_by_role("alert").inner_text()
    assert page.get_by_role("button").count() == 0  # the next server has another address
    with serve(n_trials=3) as again:
        page.goto(again.url)
        painted(page, "Trial 2 of 3")
        assert n_answers(again) == 1
    context.close()


def test_a_held_key_answers_once(serve: Serve, page: Page) -> None:
    with serve(n_trials=3) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 3")
        page.keyboard.down("2")
        painted(page, "Trial 2 of 3")
        for _ in range(3):
            page.keyboard.down("2")  # the event of a held key
        page.wait_for_timeout(200)
        assert n_answers(served) == 1
        page.keyboard.up("2")
        page.keyboard.press("2")
        painted(page, "Trial 3 of 3")
        assert n_answers(served) == 2


def test_two_keys_at_once_are_one_answer(serve: Serve, page: Page) -> None:
    with serve(n_trials=2) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 2")
        posted: list[str] = []
        page.on("request", lambda request: posted.append(request.url))
        page.evaluate(
            "for (const key of '34') document.dispatchEvent(new KeyboardEvent('keydown', { key }))"
        )
        painted(page, "Trial 2 of 2")
        assert [url for url in posted if url.endswith("/answers")] == [f"{served.url}answers"]
        assert [each.answer for each in served.session.round.answers] == [2]


def test_after_a_full_disk_a_reload_continues(
    serve: Serve, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with serve(n_trials=2) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 2")
        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)
            page.keyboard.press("1")
            page.get_by_role("alert").wait_for()
            assert "No space left on device" in page.get_by_role("alert").inner_text()
        page.get_by_role("button", name="Reload").click()
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 2")
        page.keyboard.press("1")
        painted(page, "Trial 2 of 2")
        assert n_answers(served) == 1
    context.close()


@pytest.mark.alone
def test_a_trial_in_a_hidden_tab_has_not_begun(serve: Serve, chromium: Browser) -> None:
    with serve(n_trials=2) as served:
        served.paint(0)
        served.post({"trial": 0, "answer": 0, "seconds": 0.1})
        context = chromium.new_context()
        behind, seen = context.new_page(), context.new_page()
        behind.add_init_script(IN_THE_BACKGROUND)
        behind.goto(served.url)
        behind.wait_for_selector("#candidates .drawing")
        behind.wait_for_timeout(1000)
        since = monotonic()
        seen.goto(served.url)
        painted(seen, "Trial 2 of 2")
        behind.evaluate("look()")
        painted(behind, "Trial 2 of 2")  # its clock continues in any tab
        behind.wait_for_timeout(400)
        behind.keyboard.press("1")
        behind.get_by_role("heading", name="right").wait_for()
        waited = monotonic() - since
        _, answer = served.session.round.answers
        assert 0.4 <= answer.seconds < min(1.4, waited)
        context.close()


def test_a_hidden_tab_shows_the_next_trial_when_it_becomes_visible(
    serve: Serve, chromium: Browser
) -> None:
    with serve(n_trials=3) as served:
        served.paint(0)
        served.post({"trial": 0, "answer": 0, "seconds": 0.1})
        context = chromium.new_context()
        behind = context.new_page()
        behind.add_init_script(IN_THE_BACKGROUND)
        behind.goto(served.url)
        behind.wait_for_selector("#candidates .drawing")
        served.paint(1)
        served.post({"trial": 1, "answer": 0, "seconds": 0.1})
        behind.evaluate("look()")
        painted(behind, "Trial 3 of 3")
        assert "answered already" in behind.get_by_role("alert").inner_text()
        context.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_a_key_covers_no_image(serve: Serve, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    with serve(n_trials=1) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 1")
        for candidate in page.locator(".candidate").all():
            key = candidate.locator("kbd").bounding_box()
            drawing = candidate.locator(".drawing").bounding_box()
            assert key is not None and drawing is not None
            assert key["y"] + key["height"] <= drawing["y"]


@pytest.mark.parametrize("reload", [False, True])
def test_reaction_times_begin_when_a_trial_is_first_painted(
    serve: Serve, page: Page, reload: bool
) -> None:
    with serve(n_trials=2) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 2")
        page.keyboard.press("1")
        painted(page, "Trial 2 of 2")
        since = monotonic()
        page.wait_for_timeout(400)
        if reload:
            page.reload()
            painted(page, "Trial 2 of 2")
        page.keyboard.press("1")
        page.get_by_role("heading", name="right").wait_for()
        _, answer = served.session.round.answers
        assert 0.4 <= answer.seconds < monotonic() - since + 0.1


def test_after_a_record_that_cannot_be_written_a_reload_continues(
    serve: Serve, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with serve(n_trials=1) as served:
        page.goto(served.url)
        page.get_by_role("button", name="Begin").click()
        painted(page, "Trial 1 of 1")
        with monkeypatch.context() as patch:
            patch.setattr("harness.human.session.write", full)
            page.keyboard.press("1")
            message = page.get_by_role("alert")
            message.wait_for()
            assert "No space left on device; make room there" in message.inner_text()
            assert "Your 1 answer is stored" in page.get_by_role("heading").inner_text()
            check_readable(page)
        page.get_by_role("link", name="Reload").click()
        page.get_by_role("heading", name="of 1 right").wait_for()
        assert served.session.record_path.exists()
    context.close()
