from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from harness.human.answer import Answer
from harness.human.opening import open_session
from harness.human.pages import Page, summary_page, trials_page
from harness.human.person_record import PAGE
from harness.human.round import RoundRequest
from harness.human.session import Session
from harness.protocol.dataset import Nouns
from harness.records.record import Record
from harness.records.store import write
from harness.report.pictures.sprite import sprite
from tasks.characters import CHARACTERS

HOSTILE = "</script><b>'\"&"
ELSEWHERE = re.compile(r"""(?:src|href)=(?!"data:)|@import|url\("(?!data:|\$)""")


def check_is_whole(page: Page) -> None:
    """Check that a page loads nothing else, and that only its own script runs."""
    assert not ELSEWHERE.search(page.html)
    assert "http:" not in page.html and "https:" not in page.html
    nonces = set(re.findall(r'nonce="([^"]+)"', page.html))
    assert len(nonces) == 1
    (nonce,) = nonces
    assert f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'" in page.policy
    assert "unsafe" not in page.policy
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", page.html)


def test_the_trials_page_is_self_contained_and_holds_no_trial(
    invite: Callable[..., RoundRequest],
) -> None:
    with open_session(invite(name=HOSTILE)) as session:
        page = trials_page(session)
        check_is_whole(page)
        assert trials_page(session).policy != page.policy
    assert HOSTILE not in page.html
    assert escape(HOSTILE, quote=False).replace("'", "&#39;").replace('"', "&#34;") in page.html
    assert "data:image" not in page.html


@pytest.mark.parametrize("ways", [None, lambda trial: 1])
def test_the_summary_page_needs_no_server(
    played: Callable[..., Session], ways: Callable[[int], int] | None
) -> None:
    session = played("lake-400", 10, name=HOSTILE, ways=ways)
    page = summary_page(session)
    check_is_whole(page)
    assert HOSTILE not in page.html
    n_wrong_answers = len(session.end().wrong_answers)
    assert page.html.count('role="img"') == 3 * n_wrong_answers
    assert ("No wrong answers" in page.html) == (n_wrong_answers == 0)
    assert ("Your wrong answers" in page.html) == (n_wrong_answers > 0)
    assert f"{10 - n_wrong_answers} of 10 right" in page.html
    assert "takes trials for independent" in page.html
    # no figures are published for this dataset
    assert "published" not in page.html.partition("<body>")[2]


def test_the_summary_page_compares_with_others(played: Callable[..., Session]) -> None:
    played("lake-400", 10, name="bob", ways=lambda trial: 0)
    html = summary_page(played("lake-400", 10, name="ada")).html
    html = html.replace("<wbr>", "")  # where a long name may break
    assert re.findall(r'<th scope="row">([^<\n]+?) ?[<\n]', html) == [
        "you", "human[name=bob] (transductive)", "guessing",
    ]  # fmt: skip


def test_versions_of_a_method_are_told_apart(
    played: Callable[..., Session], make_record: Callable[..., Record]
) -> None:
    played_before = played(n_trials=4, name="bob")
    identity, ready = played_before.round.identity, played_before.round.trials.dealt
    for seed, source in ((0, "a" * 64), (1, "b" * 64), (2, "b" * 64)):
        record = make_record(
            "matching", identity.task, dataset="tiny", n_episodes=4, seed=seed,
            fingerprint=identity.dataset.fingerprint, source=source, right=2 + seed,
            n_queries=4, n_clusters=1, manifest=ready.key.manifest,
        )  # fmt: skip
        write(record, played_before.setup.results)
    html = summary_page(played(n_trials=4)).html
    named = r'<th scope="row">matching <span class="note">(.*?)</span>.*?"percent">(.*?)<'
    rows = re.findall(named, html, re.DOTALL)
    assert rows == [
        ("seeds 1, 2; code bbbbbbbb", "87.50"), ("seed 0; code aaaaaaaa", "50.00"),
    ]  # fmt: skip


def test_the_summary_page_names_record_and_commands(
    invite: Callable[..., RoundRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(invite("lake-400", 10), results=invite().results.parent / "my results")
    with open_session(request) as session:
        for trial, seconds in enumerate((0.1,) * 9 + (0.9,)):
            session.painted(trial)
            session.store(Answer(trial=trial, answer=0, seconds=seconds))
        html = summary_page(session).html
    quoted = escape(f"'{request.results}'").replace("&#x27;", "&#39;")
    assert f'<code class="command">oneshot report --results {quoted}</code>' in html
    assert f" -t lake-400 --episodes 2 --data tiny --results {quoted}</code>" in html
    assert "a table of their own, lake-400 (2 episodes)" in " ".join(html.split())
    assert "100 ms\n      <small>median of a trial; the leaderboard shows the mean, 180 ms" in html
    assert "The leaderboard shows no interval for it" in html


def test_the_interval_names_its_level(
    played: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = played("lake-400", 10)
    assert "<small>95 % interval " in summary_page(session).html
    monkeypatch.setattr("harness.human.pages.LEVEL", 0.9)
    assert "<small>90 % interval " in summary_page(session).html


def test_the_source_of_a_record_covers_all_files_of_the_page(
    invite: Callable[..., RoundRequest],
) -> None:
    with open_session(invite()) as session:
        html = trials_page(session).html
    for kind, tag in ((".css", "style"), (".js", "script")):
        (left,) = re.findall(rf"<{tag} [^>]*>(.*?)</{tag}>", html, re.DOTALL)
        for path in PAGE:
            if path.suffix == kind:
                left = left.replace(path.read_text(encoding="utf-8"), "")
        assert left.strip() == ""
    assert Path(sprite.__code__.co_filename) in PAGE


OMNIGLOTS = re.compile(r"alphabet|character|drawer|drawing", re.IGNORECASE)


def read(html: str) -> str:
    """Return what people read of a page: its text, and the labels of its pictures."""
    body = re.sub(r"(?s)<(style|script)[ >].*?</\1>", "", html)
    labels = re.findall(r'aria-label="([^"]*)"', body)
    return " ".join([re.sub(r"<[^>]*>", " ", body), *labels])


@pytest.mark.parametrize("nouns", [Nouns(), CHARACTERS])
def test_the_pages_speak_of_what_the_dataset_holds(
    played: Callable[..., Session], nouns: Nouns
) -> None:
    session = played("lake-400", 10, ways=lambda trial: 1)
    session.setup = replace(session.setup, nouns=nouns)
    text = read(trials_page(session).html) + read(summary_page(session).html)
    assert bool(OMNIGLOTS.search(text)) == (nouns == CHARACTERS)
    assert nouns.classes in text and nouns.image in text and nouns.group in text
