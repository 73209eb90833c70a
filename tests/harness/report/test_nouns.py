from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.plugins.defaults import PATH_DATA, REAL_DATA, SYNTHETIC_DATA
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Nouns
from harness.records.store import write
from harness.report.nouns import report_nouns
from harness.report.report import report

Make = Callable[..., Any]
PHOTOS = f"{PATH_DATA}:photos"
OMNIGLOTS = r"(?i)alphabet|character|drawer|drawing"


def test_each_dataset_has_its_own_nouns() -> None:
    nouns = report_nouns([REAL_DATA, PHOTOS], Plugins())
    assert nouns.of(REAL_DATA).groups == "alphabets"
    assert nouns.of(PHOTOS) == Nouns()


@pytest.mark.parametrize(
    ("datasets", "groups"),
    [
        ([REAL_DATA, SYNTHETIC_DATA], "alphabets"),
        ([REAL_DATA, PHOTOS], "groups"),
        ([PHOTOS], "groups"),
        ([], "groups"),
    ],
)
def test_a_text_about_all_datasets_uses_what_they_share(datasets: list[str], groups: str) -> None:
    assert report_nouns(datasets, Plugins()).shared.groups == groups


def texts(folder: Path) -> str:
    """Return what people read of a report's page and tables: all but styles and scripts."""
    page = (folder / "site" / "index.html").read_text()
    page = re.sub(r"(?s)<(script|style)[ >].*?</\1>", "", page)
    plots = "".join(re.findall(r"<!-- (.*?) -->", "".join(
        path.read_text() for path in sorted((folder / "plots").glob("*.svg"))
    )))  # fmt: skip
    return page + (folder / "leaderboard.md").read_text() + plots


@pytest.mark.parametrize("dataset", [PHOTOS, REAL_DATA])
def test_only_omniglot_reads_as_drawn_characters(
    make_record: Make, tmp_path: Path, dataset: str
) -> None:
    for split in ("", "@background"):
        for n_way in (2, 5, 10):
            for name in ("a", "b"):
                task = f"across-{n_way}w1s{split}"
                write(make_record(name, task, dataset=dataset), tmp_path)
    report(tmp_path, Plugins())
    found = set(re.findall(OMNIGLOTS, texts(tmp_path)))
    assert ({"Alphabet", "alphabet"} <= found) if dataset == REAL_DATA else not found
