from __future__ import annotations

import pytest

from harness.events import Ended, Fitting, Kept, Started, from_line, to_line
from harness.record_json import to_json
from harness.records import Failure, Record
from harness.settings import parse_method
from harness.training import Progress
from tests.support.curves import CURVE

FITTING = Fitting(
    choice=parse_method("siamese[preset=tiny,steps=9]"),
    seed=3,
    progress=Progress(step=1, n_steps=9, loss=0.5, accuracy=None, seconds_left=8.5),
)
STARTED = Started(choice=FITTING.choice, seed=3, where="node7:4711")


@pytest.mark.parametrize(
    "event",
    [FITTING, CURVE, Ended(), Ended(reason='no "such" luck'), Kept(key="siamese-f0"), STARTED],
    ids=str,
)
def test_what_is_told_comes_back(event) -> None:
    line = to_line(event)
    assert line.count("\n") == 1 and line.endswith("\n")
    assert from_line(line) == event


def test_results_come_back(make_record, make_failure) -> None:
    for result in (make_record(), make_failure()):
        again = from_line(to_line(result))
        assert isinstance(again, Record | Failure)
        assert to_json(again) == to_json(result)


@pytest.mark.parametrize("line", ['{"resu', '{"nothing": "x"}', "\n", '{"a": "1", "b": "2"}'])
def test_half_a_line_is_none(line: str) -> None:
    with pytest.raises(ValueError):
        from_line(line)
