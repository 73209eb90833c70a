from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import Dataset
from harness.plugins import Plugins
from harness.report.leaderboard import rows
from harness.report.provenance import provenance
from harness.report.site.site import to_html
from harness.report.tables import tables
from harness.store import read_all

Make = Callable[..., Any]
MEGABYTE = 1_000_000
ROOT = Path(__file__).parents[4]


def page_of(plugins: Plugins, *results: Any) -> str:
    return to_html(tables(rows(results)), (), provenance(results), len(results), plugins)


def own(page: str) -> str:
    """The page without Plotly, which names hosts that it never asks."""
    longest = max(re.findall(r"<script>.*?</script>", page, re.DOTALL), key=len)
    return page.replace(longest, "")


def test_it_names_no_host_and_lets_no_request_out(answer: Make, plugins: Plugins) -> None:
    page = page_of(plugins, answer("a"), answer("b"), answer("c"))
    text = own(page).replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?://|url\(['\"]?//|@import", text)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; img-src data:;")
    assert "script-src 'unsafe" not in policy[1]


def test_a_hostile_name_is_text_everywhere(answer: Make, plugins: Plugins) -> None:
    name = "<script>alert(1)</script>"
    page = page_of(plugins, answer(name), answer("b"), answer("c"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    methods = json.loads(data[1])["charts"]["methods"]
    assert name in {method["name"] for method in methods}


def test_the_same_whatever_the_order_of_the_records(answer: Make, plugins: Plugins) -> None:
    results = [answer(name, seed=seed) for name in ("a", "b") for seed in (0, 1)]
    assert page_of(plugins, *results) == page_of(plugins, *reversed(results))


def test_it_opens_with_a_task_that_others_published_for(
    make_record: Make, plugins: Plugins
) -> None:
    results = [make_record(task=task) for task in ("across-5w1s", "lake-400", "within-20w1s")]
    page = page_of(plugins, *results, make_record(dataset="abc", synthetic=True))
    assert re.findall(r"<option selected>([^<]+)", page) == ["omniglot", "lake-400"]
    assert "abc (synthetic)" in page


def test_failures_and_transductive_methods_are_marked(
    make_record: Make, make_failure: Make, plugins: Plugins
) -> None:
    results = [make_record("a", transductive=True), make_failure("b", reason="no <memory> left")]
    page = page_of(plugins, *results)
    assert '<span class="tag">transductive</span>' in page
    assert '<span class="tag bad">failed</span> no &lt;memory&gt; left (seed 0)' in page


def test_without_the_dataset_the_page_says_so(make_record: Make, plugins: Plugins) -> None:
    page = page_of(plugins, make_record("a"), make_record("b"))
    assert re.search(r"Not shown: omniglot across-5w1s: omniglot is not installed", page)


def test_it_stays_small(answer: Make, plugins: Plugins) -> None:
    assert len(page_of(plugins, answer("a", share=0.1), answer("b"))) < 8 * MEGABYTE


@pytest.mark.real
def test_the_committed_records_make_a_page_of_eight_megabytes_at_most(omniglot: Dataset) -> None:
    results = list(read_all(ROOT / "results"))
    page = to_html(tables(rows(results)), (), provenance(results), len(results), Plugins())
    assert len(page.encode()) < 8 * MEGABYTE
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])
    shown = {task["title"]: task for task in data["gallery"]}
    assert {"omniglot lake-400", "omniglot across-20w1s", "omniglot within-20w1s"} <= shown.keys()
    lake = shown["omniglot lake-400"]
    wrong = {each["method"]: len(each["wrong"]) for each in lake["methods"]}
    assert (wrong["l2-1nn"], wrong["hausdorff-1nn"]) == (324, 155)  # 19.00 and 61.25 of 400
