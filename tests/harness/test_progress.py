from __future__ import annotations

import pytest

from harness import progress
from harness.events import Fitting
from harness.progress import RunProgress
from harness.settings import parse_method
from harness.training import Progress
from tests.harness.test_events import CURVE


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
        assert told._bars is not None
        described = [task.description for task in told._bars.tasks]
        assert described[1] == ("siamese[preset=tiny]  seed 2  loss 0.500  validation 81.25 %")
        assert told._bars.tasks[1].completed == 30
        told(make_record("siamese[preset=tiny]", seed=2))
        assert len(told._bars.tasks) == 1, "the bar goes when the first answer comes"


def test_a_model_that_was_fitted_earlier_is_told(
    capsys: pytest.CaptureFixture[str], make_record
) -> None:
    with RunProgress(2) as told:
        told(make_record())
        told(make_record(cost={"cached": True}))
    first, second = capsys.readouterr().err.splitlines()
    assert "fitted earlier" not in first and second.endswith("(fitted earlier)")
