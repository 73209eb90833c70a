from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.check.check import check
from harness.check.finding import exit_code
from harness.commands.report import report
from harness.human.session import Session
from harness.protocol.settings import parse_method
from harness.records.record import Record
from harness.records.record_json import from_json, to_json
from harness.records.store import read, read_all
from harness.statistics.comparison import compare_methods

Played = Callable[..., Session]


def test_it_is_a_record_like_a_methods(played: Played) -> None:
    session = played(n_trials=4, ways=lambda trial: 0)
    text = session.record_path.read_text()
    record = from_json(text)
    assert isinstance(record, Record)
    assert to_json(record) == text
    key = session.round.trials.dealt.key
    assert str(record.identity.choice) == "human[name=ada]"
    assert (record.identity.n_episodes, record.identity.seed) == (4, 0)
    assert (record.seeded, record.transductive, record.framework) == (True, False, "person")
    assert record.configuration == {"name": "ada"}
    assert record.manifest == key.manifest
    assert record.outcomes.answer.tolist() == [[0]] * 4
    assert record.outcomes.tied.tolist() == [[1]] * 4
    assert (record.outcomes.right == (key.truth == 0)).all()
    assert record.outcomes.answer_score is None
    cost = record.cost
    assert (cost.fit_seconds, cost.score_seconds, cost.parameters) == (0, 2, None)
    assert {"machine", "versions", "commit"} <= record.environment.keys()


def test_queries_beside_the_same_candidates_make_it_transductive(played: Played) -> None:
    record = read(played("lake-400", 10).record_path)
    assert isinstance(record, Record)
    assert record.transductive
    assert record.outcomes.answer.shape == (2, 5)
    assert record.outcomes.right.all()


def test_a_round_of_all_trials_is_the_whole_task(played: Played) -> None:
    session = played("lake-400", 30)
    assert session.round.identity.n_episodes is None
    assert session.record_path.parent.parent.name == "lake-400"


def test_report_compare_and_check_accept_it(played: Played, tmp_path: Path) -> None:
    for name, right in (("ada", True), ("bob", False)):
        session = played("lake-400", 30, name=name, ways=None if right else lambda trial: 0)
    results = session.setup.results
    shown = CliRunner().invoke(report, ["--results", str(results), "--json"])
    assert shown.exit_code == 0, shown.output
    with (results / "leaderboard.csv").open(newline="") as file:
        rows = {row["settings"]: row for row in csv.DictReader(file)}
    assert {row["method"] for row in rows.values()} == {"human"}
    assert rows["name=ada"]["accuracy"] == "100.00"
    assert "human[name=ada] (transductive)" in (results / "leaderboard.md").read_text()
    records = [each for each in read_all(results) if isinstance(each, Record)]
    both = [parse_method(f"human[name={name}]") for name in ("ada", "bob")]
    (pair,) = compare_methods(records, both).pairs
    assert pair.difference is not None
    assert pair.difference.mean == pytest.approx(100 - 100 * bobs_share(session))
    shutil.copytree(results / "records", tmp_path / "baseline" / "records")
    assert exit_code(check(tmp_path / "baseline", results)) == 0


def bobs_share(session: Session) -> float:
    """Return the share of trials whose answer is the first candidate."""
    return float((session.round.trials.dealt.key.truth == 0).mean())
