"""The error gallery: walked by keyboard, in its three views, with the trials' own pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.records.repetitions import read_task

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Right = Callable[[str], NDArray[np.bool_]]
MOST_QUERIES = 400
pytestmark = pytest.mark.browser


@pytest.fixture
def right(results: list[Any]) -> Right:
    """A function that returns which of the task's first queries a method got right."""

    def find(method: str) -> NDArray[np.bool_]:
        (found,) = (
            record.outcomes.right.ravel()[:MOST_QUERIES]
            for record in results
            if (record.identity.dataset.name, record.identity.task, record.identity.method)
            == ("tiny", "across-5w1s", method)
        )
        return found

    return find


@pytest.fixture
def walked(opened: Page) -> Page:
    """The page, its gallery on one task, and on the method that is wrong most often."""
    choose(opened, task="tiny across-5w1s")
    choose(opened, one="random")
    return opened


def choose(page: Page, **wanted: str) -> None:
    for name, label in wanted.items():
        page.locator(f"#gallery-controls [name={name}]").select_option(label=label)


def cards(page: Page) -> Locator:
    return page.locator("#trials > li")


def trials(page: Page) -> list[int]:
    """The places of the trials that are shown."""
    labels = cards(page).evaluate_all("all => all.map(each => each.ariaLabel)")
    return [int(label.split()[1].rstrip(",")) - 1 for label in labels]


def test_it_is_walked_by_keyboard(walked: Page) -> None:
    assert cards(walked).count() > 9
    cards(walked).first.focus()

    def trial() -> str:
        """The trial that is told beside the cards, which is the one in focus."""
        said = walked.locator("#trial h3").inner_text()
        label = walked.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label.startswith(said.replace("Trial", "trial"))
        return said

    walked.keyboard.press("ArrowRight")
    second = trial()
    walked.keyboard.press("ArrowRight")
    assert trial() != second
    walked.keyboard.press("ArrowLeft")
    assert trial() == second
    walked.keyboard.press("End")
    assert cards(walked).last.get_attribute("aria-selected") == "true"
    last = trial()
    walked.keyboard.press("ArrowRight")
    assert trial() == last
    walked.keyboard.press("ArrowUp")
    assert trial() != last
    walked.keyboard.press("Home")
    assert cards(walked).first.get_attribute("aria-selected") == "true"
    assert walked.locator("#trials [aria-selected=true]").count() == 1
    walked.keyboard.press("Tab")
    assert walked.evaluate("document.activeElement.id") == "trial"


def test_one_methods_wrong_trials(walked: Page, right: Right) -> None:
    assert trials(walked) == np.flatnonzero(~right("random")).tolist()
    choose(walked, one="siamese")
    assert trials(walked) == np.flatnonzero(~right("siamese")).tolist()
    assert cards(walked).first.locator(".drawing").count() == 3


def test_what_everyone_got_wrong_whatever_the_charts_show(
    walked: Page, right: Right, hostile: str
) -> None:
    choose(walked, view="what every method got wrong")
    methods = ("siamese", "lda-1nn", "random", "l2-1nn", hostile)
    everyone = np.flatnonzero(~np.any([right(each) for each in methods], axis=0)).tolist()
    assert len(everyone) > 0
    assert trials(walked) == everyone
    assert not walked.locator("#gallery-controls [name=one]").is_visible()
    told = walked.locator("#gallery-shown").inner_text()
    assert told.endswith("that each of the 5 methods got wrong")
    walked.locator("#methods").get_by_role("button", name="none").click()
    assert trials(walked) == everyone


def test_where_two_differ(walked: Page, results: list[Any]) -> None:
    choose(walked, view="where two methods differ", one="siamese", other="random")
    first, second = (
        np.where(o.right, -1, o.answer.astype(int)).ravel()[:MOST_QUERIES]
        for o in (
            record.outcomes
            for name in ("siamese", "random")
            for record in results
            if (record.identity.dataset.name, record.identity.method, record.identity.task)
            == ("tiny", name, "across-5w1s")
        )
    )
    both_wrong = (first >= 0) & (second >= 0)
    assert (both_wrong & (first != second)).any() and (both_wrong & (first == second)).any()
    assert trials(walked) == np.flatnonzero(first != second).tolist()
    label = cards(walked).first.get_attribute("aria-label") or ""
    assert "siamese" in label and "random" in label


def test_scores_and_ties_are_told(walked: Page, results: list[Any]) -> None:
    trial = trials(walked)[0]
    (outcomes,) = (
        record.outcomes
        for record in results
        if (record.identity.dataset.name, record.identity.method, record.identity.task)
        == ("tiny", "random", "across-5w1s")
    )
    answer, truth = outcomes.answer_score.ravel()[trial], outcomes.true_score.ravel()[trial]
    said = cards(walked).first.inner_text()
    assert f"answer {float(f'{answer:.4g}')}".removesuffix(".0") in said
    assert f"truth {truth:g}" in said
    told = walked.locator("#trial li", has_text="random").inner_text()
    assert f", the truth {truth:g}" in told and "wrong" in told
    (ties,) = (r.outcomes for r in results if r.identity.choice.name == "l2-1nn")
    tied = ties.tied.ravel()[:MOST_QUERIES]
    choose(walked, one="l2-1nn (transductive)")
    place, trial = next((p, t) for p, t in enumerate(trials(walked)) if tied[t] > 1)
    cards(walked).nth(place).click()
    told = walked.locator("#trial li", has_text="l2-1nn").inner_text()
    assert f"a tie of {tied[trial]}" in told


def test_every_picture_is_named(walked: Page) -> None:
    pictures = cards(walked).first.locator(".drawing")
    named = pictures.evaluate_all("all => all.map(e => [e.role, e.ariaLabel.split(' ')[0]])")
    assert named == [["img", "trial"], ["img", "answer"], ["img", "truth"]]
    (told,) = walked.locator("#trial li", has_text="siamese").locator(".drawing").all()
    assert told.get_attribute("aria-label") == "what siamese answered"


def test_of_several_support_drawings_it_says_which_is_shown(walked: Page) -> None:
    assert "support drawings" not in walked.locator("#gallery-shown").inner_text()
    choose(walked, task="tiny across-5w2s")
    told = walked.locator("#gallery-shown").inner_text()
    assert "of a class’s 2 support images the first is shown" in told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pictures_are_those_of_the_trial(
    walked: Page, results: list[Any], plugins: Plugins, scheme: Any
) -> None:
    walked.emulate_media(color_scheme=scheme)
    (outcomes,) = (
        record.outcomes
        for record in results
        if (record.identity.dataset.name, record.identity.method, record.identity.task)
        == ("tiny", "random", "across-5w1s")
    )
    ready = dealt(load_dataset("tiny", plugins), read_task("across-5w1s"), None, plugins)
    for place in (0, 7, cards(walked).count() - 1):  # from several rows and columns of the sprite
        trial = trials(walked)[place]
        support = ready.episodes.support[trial, :, 0]
        expected = [
            ready.episodes.query[trial, 0],
            support[outcomes.answer.ravel()[trial]],
            support[ready.key.truth[trial, 0]],
        ]
        pictures = cards(walked).nth(place).locator(".drawing").all()
        for picture, row in zip(pictures, expected, strict=True):
            ink = ready.episodes.pool.ink(int(row))
            # of two drawings of this noise, about six in ten pixels are equal
            assert (ink_of(picture, ink.shape, dark=scheme == "dark") == ink).mean() > 0.9


def ink_of(picture: Locator, shape: tuple[int, ...], *, dark: bool) -> NDArray[np.bool_]:
    """What stands on the screen, in as many pixels as the drawing has."""
    shot = Image.open(io.BytesIO(picture.screenshot())).convert("L")
    height, width = shape
    grey = np.asarray(shot.resize((width, height), Image.Resampling.BOX))
    return grey > 127 if dark else grey < 128


def test_a_hostile_name_is_shown_as_text(walked: Page, hostile: str) -> None:
    choose(walked, one=hostile)
    assert hostile in walked.locator("#trial").inner_text()
    assert hostile in (cards(walked).first.get_attribute("aria-label") or "")
    assert walked.locator("[href*=evil]").count() == 0
