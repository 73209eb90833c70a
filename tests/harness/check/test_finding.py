from __future__ import annotations

from harness.check.finding import Flip, listed


def flip(episode: int, gain: float, query: int = 0) -> Flip:
    return Flip(episode=episode, query=query, cluster="Greek", before=0, after=1, gain=gain)


def test_flips_are_listed_by_their_gain() -> None:
    flips = [flip(3, -1), flip(4, 0), flip(7, 0.5), flip(9, -0.5, query=2)]
    assert list(listed(flips)) == [
        "worse (2): episodes 3, 9.2",
        "better (1): episodes 7",
        "other answers that earn the same (1): episodes 4",
    ]
    assert list(listed([])) == []
