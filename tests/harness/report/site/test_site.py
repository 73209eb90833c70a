from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.learning.point import Point
from harness.plugins.registry import Plugins
from harness.records.learning_curve import LearningCurve
from harness.report.leaderboard import rows
from harness.report.provenance import provenance
from harness.report.site import site as module
from harness.report.site.site import to_html
from harness.report.site.wrong_trials import MOST_BYTES, MOST_METHODS
from harness.report.tables import tables

Make = Callable[..., Any]
SPLITS = ("", "@background")
SECTIONS = {"leaderboard", "charts", "groups", "pairs", "gallery", "published", "origin"}


def page_of(plugins: Plugins, *results: Any) -> str:
    return to_html(tables(rows(results)), (), provenance(results), plugins)


def data_of(page: str) -> Any:
    """What the page's scripts draw."""
    (text,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


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
    assert policy[1].endswith("; base-uri 'none'; form-action 'none'")


def test_a_hostile_name_is_text_everywhere(answer: Make, plugins: Plugins) -> None:
    name = "<script>alert(1)</script>"
    page = page_of(plugins, answer(name), answer("b"), answer("c"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert name in {method["name"] for method in data_of(page)["charts"]["methods"]}


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


def test_of_a_sweep_without_the_usual_n_the_longest_opens_the_page(
    make_record: Make, make_failure: Make, plugins: Plugins
) -> None:
    results = [make_record(task=f"across-{n}w1s") for n in range(21, 31)]
    page = page_of(plugins, *results)
    assert re.findall(r"<option selected>([^<]+)", page) == ["omniglot", "across-30w1s"]


def test_a_failure_in_a_sweep_is_told_and_one_in_a_background_sweep(
    make_record: Make, make_failure: Make, plugins: Plugins
) -> None:
    results = [make_record(task=f"across-{n}w1s{split}") for n in range(2, 12) for split in SPLITS]
    results += [make_failure("b", task=f"across-{n}w1s") for n in (6, 7)]
    results += [make_failure("c", task=f"across-{n}w1s", reason="no <room>") for n in range(12, 15)]
    results += [make_failure("d", task="across-9w1s@background")]
    page = page_of(plugins, *results)
    told = [" ".join(each.split()) for each in re.findall(r'<p class="note bad">.*?</p>', page)]
    assert [re.sub("<[^>]+>", "", each) for each in told] == [
        "failed b on omniglot across-1s, N = 6 and 7: ran out of luck (seed 0)",
        "failed c on omniglot across-1s, N = 12 to 14: no &lt;room&gt; (seed 0)",
        "failed d on omniglot across-1s@background, N = 9: ran out of luck (seed 0)",
    ]


def test_what_it_links_to_is_there(answer: Make, make_record: Make, plugins: Plugins) -> None:
    for results, missing in (
        ([make_record("a")], {"charts", "pairs"}),
        ([answer("a", share=1.0)], {"gallery", "charts", "pairs", "published"}),
        ([answer("a"), answer("b")], {"published"}),
    ):
        page = page_of(plugins, *results)
        links = re.findall(r'<li><a href="#([^"]+)"', page)
        assert links == re.findall(r'<section id="([^"]+)"', page)
        assert SECTIONS - set(links) == missing


def test_a_training_that_diverged_leaves_the_page_whole(answer: Make, plugins: Plugins) -> None:
    points = tuple(
        Point(step=n, seconds=9.0 * n, loss=float("nan") if n > 1 else 2.0, accuracy=None)
        for n in (1, 2)
    )
    results = [answer("a")]
    curve = LearningCurve(
        dataset=results[0].identity.dataset,
        method="a",
        settings={},
        seed=0,
        points=points,
    )
    page = to_html(tables(rows(results)), [curve], provenance(results), plugins)
    ((line,),) = (chart["lines"] for chart in data_of(page)["charts"]["learning"])
    assert line["loss"] == [2.0, None]
    assert "diverged" in page


def test_no_folder_of_whoever_ran_it_is_told(
    make_record: Make, make_failure: Make, plugins: Plugins
) -> None:
    failure = make_failure("b", reason="lost /home/somebody/secret/x.npz")
    record = make_record("a")
    configured = replace(record, configuration={"weights": "/home/somebody/secret/best.npz"})
    page = page_of(plugins, configured, failure)
    assert "<code>weights=best.npz</code>" in page
    assert "somebody" not in page


def test_failures_are_not_counted_as_records(
    make_record: Make, make_failure: Make, plugins: Plugins
) -> None:
    page = page_of(plugins, make_record("a"), make_record("b"), make_failure("c"))
    assert "Made from 2 records and 1 failure by" in page


def test_the_gallery_takes_what_the_rest_leaves(
    answer: Make, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [answer(name, f"across-{n}w1s", share=0.2) for name in "ab" for n in (5, 8)]
    whole = page_of(plugins, *results)
    assert len(data_of(whole)["gallery"]) == 2
    limit = len(whole.encode()) - 1
    monkeypatch.setattr(module, "MOST_BYTES", limit)
    page = page_of(plugins, *results)
    assert len(page.encode()) <= limit
    assert len(data_of(page)["gallery"]) == 1
    assert "no room for more images" in page


def test_with_many_methods_it_stays_small(answer: Make, plugins: Plugins) -> None:
    results = [
        answer(f"method-{n:02d}", f"across-{way}w{shot}s", share=0.1, luck=n, n_episodes=400)
        for n in range(40)
        for way in (5, 8)
        for shot in (1, 2)
    ]
    page = page_of(plugins, *results)
    assert len(page.encode()) <= MOST_BYTES
    assert all(len(task["methods"]) == MOST_METHODS for task in data_of(page)["gallery"])


@pytest.mark.real
def test_the_committed_records_make_a_page_of_eight_megabytes_at_most(committed: str) -> None:
    assert len(committed.encode()) <= MOST_BYTES
    shown = {task["title"]: task for task in data_of(committed)["gallery"]}
    assert {"omniglot lake-400", "omniglot across-20w1s", "omniglot within-20w1s"} <= shown.keys()
    lake = shown["omniglot lake-400"]
    wrong = {each["label"]: len(each["wrong"]["query"]) for each in lake["methods"]}
    assert (wrong["l2-1nn"], wrong["hausdorff-1nn"]) == (324, 155)  # 19.00 and 61.25 of 400
