from __future__ import annotations

import pytest

from methods.schedule import warm_cosine


def test_it_rises_and_falls_to_nothing() -> None:
    factors = [warm_cosine(number, 100) for number in range(100)]
    assert max(factors) == pytest.approx(1, rel=0.02)
    assert factors[0] < factors[1] < factors[4] > factors[50] > factors[99]
    assert 0 < factors[99] < 1e-3, "the last step is one, too"
