"""From a person at a browser to a row of the leaderboard and cards of the error gallery."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from harness.commands.report import report
from harness.commands.run import run
from harness.records.record import Record
from harness.records.store import read_all

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
N_TRIALS = 6
TITLE = f"sketch (synthetic) across-5w1s ({N_TRIALS} episodes)"


@contextmanager
def asking(results: Path) -> Iterator[str]:
    """Yield the address of the command's page; check at the end that the command has ended."""
    options = ["--data", "sketch", "-t", "across-5w1s", "--trials", str(N_TRIALS), "--name", "ada"]
    command = [sys.executable, "-m", "harness", "human", *options, "--no-browser"]
    with subprocess.Popen(
        [*command, "--results", str(results)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as started:
        try:
            assert started.stdout is not None
            yield started.stdout.readline().strip()
            assert started.wait(60) == 0
        finally:
            started.kill()


def test_a_round_in_the_browser_ends_in_the_leaderboard_and_the_gallery(
    page: Page, tmp_path: Path
) -> None:
    results = tmp_path / "results"
    options = ["--data", "sketch", "-t", "across-5w1s", "--episodes", str(N_TRIALS)]
    measured = CliRunner().invoke(run, ["-m", "l2-1nn", *options, "--results", str(results)])
    assert measured.exit_code == 0, measured.output
    with asking(results) as url:
        page.goto(url)
        page.get_by_role("button", name="Begin").click()
        for trial in range(N_TRIALS):
            page.wait_for_selector(f'main[data-painted="Trial {trial + 1} of {N_TRIALS}"]')
            page.keyboard.press(str(1 + trial % 5))
        page.get_by_role("heading", name=f"of {N_TRIALS} right").wait_for()
        assert page.get_by_role("rowheader", name="l2-1nn").count() == 1
    made = CliRunner().invoke(report, ["--results", str(results)])
    assert made.exit_code == 0, made.output

    (person,) = (each for each in read_all(results) if each.identity.method == "human")
    assert isinstance(person, Record)
    assert person.outcomes.answer.ravel().tolist() == [0, 1, 2, 3, 4, 0]
    wrong = [trial + 1 for trial, right in enumerate(person.outcomes.right.ravel()) if not right]
    assert 0 < len(wrong) < N_TRIALS
    with (results / "leaderboard.csv").open(newline="") as file:
        rows = {row["method"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {"human", "l2-1nn"}
    assert rows["human"]["accuracy"] == f"{person.outcomes.percent:.2f}"

    page.goto((results / "site" / "index.html").as_uri())
    assert page.locator('#board tr.row[data-method="human[name=ada]"]').count() == 1
    gallery = page.locator("#gallery-controls")
    assert gallery.locator("[name=task] option").all_inner_texts() == [TITLE]
    gallery.locator("[name=one]").select_option("human[name=ada]")
    labels = [card.get_attribute("aria-label") or "" for card in page.locator("#trials > li").all()]
    assert [label.partition(",")[0] for label in labels] == [f"trial {trial}" for trial in wrong]
    assert page.locator("#trial .answers li", has_text="human[name=ada]").count() == 1
