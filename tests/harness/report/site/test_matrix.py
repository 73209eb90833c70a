from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.protocol.settings import parse_method
from harness.report.leaderboard import rows
from harness.report.site.matrix import matrix
from harness.report.tables import tables
from harness.statistics.comparison import compare_methods

Make = Callable[..., Any]


def test_it_says_what_compare_says(answer: Make) -> None:
    results = [answer(name, share=share) for name, share in (("a", 0.9), ("bb", 0.85), ("c", 0.2))]
    (table,) = tables(rows(results))
    found = matrix(table)
    assert found is not None
    compared = compare_methods(results, [parse_method(name) for name in found.methods])
    places = {name: place for place, name in enumerate(found.methods)}
    assert len(compared.pairs) == 3
    verdicts = {">": "better", "<": "worse", "=": "not told apart", "?": "not tested"}
    for pair in compared.pairs:
        cell = found.cells[places[pair.first.label]][places[pair.second.label]]
        assert cell is not None
        assert (cell.difference, cell.p) == (pair.difference, pair.p)
        assert cell.verdict == verdicts[pair.mark]
    assert {cell.verdict for row in found.cells for cell in row if cell} == {
        "better",
        "worse",
        "not told apart",
    }


def test_below_the_diagonal_stands_the_opposite(answer: Make) -> None:
    (table,) = tables(rows([answer("a", share=0.9), answer("b", share=0.2)]))
    found = matrix(table)
    assert found is not None
    above, below = found.cells[0][1], found.cells[1][0]
    assert above is not None and below is not None
    assert (above.verdict, below.verdict) == ("better", "worse")
    assert above.difference.reversed == below.difference
    assert above.difference.mean == -below.difference.mean
    assert above.difference.low is not None and below.difference.high == -above.difference.low
    assert above.difference.n_better == below.difference.n_worse
    assert found.cells[0][0] is None


def test_one_training_is_not_tested_and_one_method_has_no_matrix(answer: Make) -> None:
    results = [answer("a", share=0.9, seeded=True), answer("b", share=0.2)]
    (table,) = tables(rows(results))
    found = matrix(table)
    assert found is not None
    assert found.cells[0][1] is not None and found.cells[0][1].verdict == "not tested"
    (alone,) = tables(rows(results[:1]))
    assert matrix(alone) is None
