"""The images on the page are those of the trial: screenshots against the dataset's pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.human.pages import summary_page
from harness.human.session import Session
from harness.protocol.dataset import Dataset, Split
from harness.protocol.images import Images
from harness.report.pictures.sprite import COLUMNS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
Ink = NDArray[np.bool_]
Serve = Callable[..., AbstractContextManager[Any]]
HEIGHT, WIDTH = 11, 8


def upright(split: Split) -> Split:
    """Cut a split's images so that they are higher than wide."""
    return replace(split, images=Images.from_ink(split.images.ink()[:, :HEIGHT, :WIDTH]))


@pytest.fixture
def lake(lake: Dataset) -> Dataset:
    """The dataset with runs, of images that are higher than wide."""
    return replace(lake, background=upright(lake.background), evaluation=upright(lake.evaluation))


def ink_of(image: Locator, shape: tuple[int, int], dark: bool) -> Ink:
    """Return an image of the screen, sampled in the middle of each of its pixels."""
    from PIL import Image

    height, width = shape
    seen = np.asarray(Image.open(io.BytesIO(image.screenshot())).convert("L"))
    rows = (np.arange(height) + 0.5) * seen.shape[0] / height
    columns = (np.arange(width) + 0.5) * seen.shape[1] / width
    grey = seen[np.ix_(rows.astype(int), columns.astype(int))]
    return grey > 128 if dark else grey < 128


def check_shows(page: Page, expected: dict[Locator, Ink]) -> None:
    """Check images at the widths of a screen and a phone, in light and in dark."""
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for image, ink in expected.items():
                seen = ink_of(image, ink.shape, scheme == "dark")
                assert (seen == ink).all(), (width, scheme, image)


def check_tells(images: Ink) -> None:
    """Check that no image equals another, or itself turned."""
    for number, ink in enumerate(images):
        turned = [ink[::-1], ink[:, ::-1], ink[::-1, ::-1]]
        for other in [*turned, *images[:number]]:
            assert (ink != other).any()


def images_of(page: Page, where: str) -> list[Locator]:
    return page.locator(f"{where} .drawing").all()


def go_to(page: Page, served: Any, trial: int) -> None:
    """Answer until a trial is shown."""
    n_trials = len(served.session.round.trials)
    page.goto(served.url)
    page.get_by_role("button", name="Begin").click()
    for number in range(trial + 1):
        page.wait_for_selector(f'main[data-painted="Trial {number + 1} of {n_trials}"]')
        if number < trial:
            page.keyboard.press("1")


@pytest.mark.parametrize(("task", "number"), [("across-60w1s", 41), ("across-20w2s", 38)])
def test_a_trial_shows_its_query_and_every_candidate(
    serve: Serve,
    page: Page,
    make_dataset: Callable[..., Dataset],
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    number: int,
) -> None:
    wide = make_dataset(classes=10)
    wide = replace(wide, background=upright(wide.background), evaluation=upright(wide.evaluation))
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: wide)
    with serve(task, 3) as served:
        episodes = served.session.round.trials.dealt.episodes
        go_to(page, served, 1)
        query = episodes.pool.ink(int(episodes.query[1, 0]))
        support = episodes.pool.ink(episodes.support[1]).reshape(-1, HEIGHT, WIDTH)
        check_tells(np.stack([query, *support]))
        row, column = divmod(number, COLUMNS)
        assert row > 0 and column > 0  # of the sprite, whose first image is the query
        candidates = images_of(page, "#candidates")
        assert len(candidates) == len(support)
        shown = {images_of(page, "#query")[0]: query}
        shown |= {candidates[each]: support[each] for each in (0, 1, 2, number - 1)}
        check_shows(page, shown)


def test_a_trial_of_the_official_runs_is_the_datasets(
    serve: Serve, page: Page, lake: Dataset
) -> None:
    run, query = 1, 2
    trial = run * 5 + query
    with serve("lake-400", 10) as served:
        go_to(page, served, trial)
        assert lake.runs is not None
        ink = lake.evaluation.images.ink()
        query_ink, support = ink[lake.runs.query[run, query]], ink[lake.runs.support[run]]
        true = support[lake.runs.truth[run, query]]
        check_tells(np.stack([query_ink, *support]))
        candidates = images_of(page, "#candidates")
        way = served.session.round.trials.truth(trial)
        check_shows(page, {images_of(page, "#query")[0]: query_ink, candidates[way]: true})
        # positions are shuffled, so the others may be anywhere
        shown = np.array([ink_of(each, true.shape, dark=True) for each in candidates])
        assert sorted(map(bytes, shown)) == sorted(map(bytes, support))


def test_the_summary_shows_query_answer_and_truth(
    played: Callable[..., Session], page: Page
) -> None:
    session = played("across-5w1s", 40, ways=lambda trial: 4)
    wrong_answers = session.end().wrong_answers
    number = COLUMNS // 3 + 2
    assert (3 * number) % COLUMNS > 0  # not in the first row or column of the sprite
    wrong, episodes = wrong_answers[number], session.round.trials.dealt.episodes
    images, support = episodes.pool, episodes.support[wrong.trial, :, 0]
    expected = images.ink(
        np.array([episodes.query[wrong.trial, 0], support[wrong.answer], support[wrong.truth]])
    )
    check_tells(expected)
    page.set_content(summary_page(session).html)
    shown = images_of(page, f".wrong-answers > li:nth-child({number + 1})")
    check_shows(page, dict(zip(shown, expected, strict=True)))
