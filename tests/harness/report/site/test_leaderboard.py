from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.report.leaderboard import rows
from harness.report.site.leaderboard import TaskLeaderboard, leaderboards
from harness.report.tables import tables

Make = Callable[..., Any]


def boards(*results: Any) -> tuple[TaskLeaderboard, ...]:
    return leaderboards(tables(rows(results)))


def test_an_entry_tells_what_its_row_is_made_of(make_record: Make) -> None:
    record = make_record("l2-1nn[k=3]", cost={"fit_seconds": 90.0, "parameters": 12})
    ((entry,),) = (board.entries for board in boards(record))
    assert entry.framework == "numpy"
    assert (entry.trained, entry.fit) == (True, "90.0 s")
    assert entry.settings == ("k=3",)
    assert entry.origin is not None
    assert entry.origin.machines == ("A Processor, 2 cores, Linux x86_64",)
    assert entry.origin.commits == ("0123abcd",)


def test_untrained_cached_and_failed_are_told(make_record: Make, make_failure: Make) -> None:
    results = [
        make_record("plain", cost={"fit_seconds": 1e-6}),
        make_record("kept", cost={"cached": True}),
        make_failure("bad", reason="it fell over in /home/somebody/secret/plan.py"),
    ]
    (board,) = boards(*results)
    found = {entry.row.label: entry for entry in board.entries}
    assert (found["plain"].trained, found["plain"].fit) == (False, "none")
    assert found["kept"].fit.endswith(", cached")
    assert found["bad"].trained is None
    assert found["bad"].reason == "it fell over in plan.py"
    assert board.frameworks == ("numpy",)


def test_published_figures_stand_by_their_own_protocol_alone(make_record: Make) -> None:
    real = boards(make_record(task="lake-400"))[0]
    assert {figure.protocol for figure in real.published} == {"lake-400"}
    assert 95.5 in {figure.accuracy for figure in real.published}
    for other in (
        make_record(task="lake-400", synthetic=True),
        make_record(task="lake-400", n_episodes=40),
        make_record(task="within-20w1s"),
    ):
        assert boards(other)[0].published == ()


def test_other_episodes_of_a_task_are_a_leaderboard_of_their_own(make_record: Make) -> None:
    found = boards(make_record("a"), make_record("b"), make_record("c", manifest="other"))
    assert [board.title for board in found] == ["across-5w1s", "across-5w1s, other episodes 2"]
    anchors = [entry.anchor for board in found for entry in board.entries]
    assert len(set(anchors)) == 3
