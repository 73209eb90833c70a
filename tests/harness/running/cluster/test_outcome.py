from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import DataError, EngineError
from harness.records.record import Failure, Record
from harness.running.cluster import outcome
from harness.running.cluster.returned import PackedModel, Returned
from harness.running.events import to_line
from harness.running.fitting import Conditions
from tests.support.jobs import FIVE, job


@pytest.mark.parametrize("refit", [False, True])
def test_a_model_that_cannot_be_kept_costs_no_record(
    make_record, refit: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(model: PackedModel, *, replace: bool) -> None:
        assert replace == refit, "a model that is fitted again replaces the one that was kept"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outcome, "keep_model", full)
    requested = replace(job("lda-1nn", FIVE), conditions=Conditions(refit=refit))
    record = replace(make_record("lda-1nn"), identity=requested.identity(FIVE))
    model = PackedModel(key="lda-1nn-1", archive=b"")
    returned = Returned(lines=(to_line(record),), model=model, seconds=1.0)
    assert [type(event) for event in outcome.job_events(requested, returned)] == [Record]
    (warning,) = caplog.messages
    assert warning == (
        "cannot keep the fitted model of lda-1nn ([Errno 28] No space left on device); it will be "
        "trained again next time"
    )


def test_an_error_of_a_worker_is_a_failed_row_and_one_of_the_cluster_ends_the_run() -> None:
    requested = job("lda-1nn", FIVE)
    (failure,) = outcome.job_events(requested, ValueError("one\nand two"))
    assert isinstance(failure, Failure) and failure.reason == "ValueError: one and two"
    for ends in (EngineError("other code"), DataError("no pixels")):
        with pytest.raises(type(ends), match=str(ends)):
            next(outcome.job_events(requested, ends))
