from __future__ import annotations

import pytest

from harness.commands import progress
from harness.commands.progress import RunProgress
from harness.learning.training import Progress
from harness.protocol.settings import parse_method
from harness.running.events import Fitting, Started
from tests.support.curves import CURVE


def fitting(step: int, accuracy: float | None = None) -> Fitting:
    return Fitting(
        choice=parse_method("siamese[preset=tiny]"),
        seed=2,
        progress=Progress(
            step=step, n_steps=90, loss=0.5, accuracy=accuracy, seconds_left=150.0 - step
        ),
    )


def test_plain_lines_tell_loss_accuracy_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "FIRST_SECONDS", -1)
    with RunProgress(3) as told:
        told(fitting(30, accuracy=81.25))
        told(fitting(31))  # too soon for another line
        told(CURVE)
    assert capsys.readouterr().err == (
        "fitting siamese[preset=tiny]  seed 2  step 30/90  loss 0.500  validation 81.25 %  "
        "2.0 min left\n"
    )


def test_quiet_tells_failures_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, make_record, make_failure
) -> None:
    monkeypatch.setattr(progress, "FIRST_SECONDS", -1)
    with RunProgress(2, quiet=True) as told:
        told(fitting(30))
        told(make_record())
        told(make_failure())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("[2/2]") and "FAILED" in line
    assert told.n_failed == 1


def test_a_terminal_has_a_bar_for_each_training(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, make_record
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    with RunProgress(1) as told:
        told(fitting(30, accuracy=81.25))
        assert told.bars is not None
        described = [task.description for task in told.bars.tasks]
        assert described[1] == ("siamese[preset=tiny]  seed 2  loss 0.500  validation 81.25 %")
        assert told.bars.tasks[1].completed == 30
        told(make_record("siamese[preset=tiny]", seed=2))
        assert len(told.bars.tasks) == 1, "the bar goes when the first answer comes"


def test_a_model_that_was_fitted_earlier_is_told(
    capsys: pytest.CaptureFixture[str], make_record
) -> None:
    with RunProgress(2) as told:
        told(make_record())
        told(make_record(cost={"cached": True}))
    first, second = capsys.readouterr().err.splitlines()
    assert "fitted earlier" not in first and second.endswith("(fitted earlier)")


def started(where: str) -> Started:
    return Started(choice=fitting(0).choice, seed=2, where=where)


def test_what_runs_where_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, make_record
) -> None:
    monkeypatch.setattr(progress, "FIRST_SECONDS", -1)
    with RunProgress(1) as told:
        told(started("node7:4711"))
        told(started("node8:4712"))  # the first one was lost
        told(fitting(30))
        told(make_record("siamese[preset=tiny]", seed=2))
    again, line, result = capsys.readouterr().err.splitlines()
    assert again == "again   siamese[preset=tiny]  seed 2  on node8:4712"
    assert line.startswith("fitting siamese[preset=tiny]  seed 2  on node8:4712  step 30/90")
    assert result.endswith("  on node8:4712")


def test_a_terminal_has_a_bar_for_each_job_elsewhere(
    monkeypatch: pytest.MonkeyPatch, make_record
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    with RunProgress(1) as told:
        told(started("node7:4711"))
        assert told.bars is not None
        assert told.bars.tasks[1].description == "siamese[preset=tiny]  seed 2  on node7:4711"
        told(make_record("siamese[preset=tiny]", seed=2))
        assert len(told.bars.tasks) == 1
