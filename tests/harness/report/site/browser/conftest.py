"""A page with everything on it, open in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.learning.point import Point
from harness.plugins.registry import Plugins
from harness.protocol.dataset import DatasetId
from harness.records.learning_curve import LearningCurve
from harness.report.leaderboard import rows
from harness.report.provenance import provenance
from harness.report.site.site import to_html
from harness.report.tables import Table, tables

if TYPE_CHECKING:
    from playwright.sync_api import Page

Make = Callable[..., Any]
SHARES = {"siamese": 0.9, "lda-1nn": 0.8, "random": 0.2}
FIT_SECONDS = {"siamese": 300.0, "lda-1nn": 8.0}
PARAMETERS = {"siamese": 9, "lda-1nn": 10}
TASKS = ("across-5w1s", "across-10w1s", "across-20w1s", "across-5w1s@background")


@pytest.fixture(scope="session")
def hostile() -> str:
    """A method's name that is markup, and in Plotly's eyes a link."""
    return '<a href="//evil">&amp;'


@pytest.fixture(scope="session")
def results(answer: Make, make_record: Make, make_failure: Make, hostile: str) -> list[Any]:
    """Records of a dataset that is at hand, and of two that are not."""
    found: list[Any] = []
    for name, share in {**SHARES, hostile: 0.5}.items():
        cost = {
            "fit_seconds": FIT_SECONDS.get(name, 1e-6),
            "score_seconds": 0.01 + share / 10,
            "parameters": PARAMETERS.get(name),
        }
        found += [answer(name, task, share=share, n_episodes=None, cost=cost) for task in TASKS]
    found.append(answer("l2-1nn", transductive=True, n_episodes=None, digits=1))
    found.append(answer("siamese", "across-5w2s", n_episodes=None))
    of_tiny = {"dataset": "tiny", "fingerprint": found[0].identity.dataset.fingerprint}
    found.append(make_failure("bad", reason="<b>out</b>", **of_tiny))
    found += [
        make_record(name, task=f"across-{n}w1s", right=right)
        for name, right in (("people", 19), ("pixels", 4), ("guesses", 1))
        for n in (5, 10, 20)
    ]
    found.append(make_record("random", dataset="drawn", synthetic=True))
    return found


@pytest.fixture(scope="session")
def shown(results: list[Any]) -> tuple[Table, ...]:
    """The tables that the page is made of."""
    return tables(rows(results))


@pytest.fixture(scope="session")
def site(
    results: list[Any],
    shown: tuple[Table, ...],
    plugins: Plugins,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The page's file."""
    curves = [_curve("tiny", "siamese"), _curve("omniglot", "people")]
    path = tmp_path_factory.mktemp("site") / "index.html"
    path.write_text(to_html(shown, curves, provenance(results), plugins), encoding="utf-8")
    return path


@pytest.fixture
def opened(page: Page, site: Path) -> Iterator[Page]:
    """The page, open; it may ask for nothing but itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.as_uri())
    yield page
    assert [url for url in asked if not url.startswith("data:")] == [site.as_uri()]


def _curve(dataset: str, method: str) -> LearningCurve:
    return LearningCurve(
        dataset=DatasetId(name=dataset, fingerprint="f0", synthetic=False),
        method=method,
        settings={},
        seed=0,
        points=tuple(
            Point(step=n, seconds=60.0 * n, loss=2.0 / n, accuracy=50.0 + n) for n in range(1, 5)
        ),
    )
