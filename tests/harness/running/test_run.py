from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.records.record import Failure, Record
from harness.records.record_json import to_json
from harness.records.store import read_all, read_curves
from harness.running.engine import LocalEngine
from harness.running.fitting import Conditions
from harness.running.plan import Plan, plan
from harness.running.request import Request
from harness.running.run import run
from tests.support.dataset_ids import TINY
from tests.support.odd_methods import LEARNS
from tests.support.runs import results_of, start, wait_for_a_record


def test_every_method_task_and_seed_ends_in_a_record(ask) -> None:
    request = ask("l2-1nn", "odd", tasks=("across-2w1s", "within-3w1s"), seeds=(0, 1))
    told = results_of(request, n_jobs=2)
    kept = list(read_all(request.results))
    assert {(r.identity.method, r.identity.task, r.identity.seed) for r in kept} == {
        ("l2-1nn", "across-2w1s", 0), ("l2-1nn", "within-3w1s", 0),
        ("odd", "across-2w1s", 0), ("odd", "within-3w1s", 0),
        ("odd", "across-2w1s", 1), ("odd", "within-3w1s", 1),
    }  # fmt: skip
    assert sorted(map(to_json, told)) == sorted(map(to_json, kept))
    assert all(isinstance(r, Record) and r.identity.dataset.synthetic for r in kept)


@pytest.mark.alone
def test_a_record_tells_what_it_cost_and_where(ask) -> None:
    (record,) = results_of(ask("odd[wait=0.3]"))
    assert isinstance(record, Record)
    assert record.cost.score_seconds == pytest.approx(0.3, abs=0.25)
    assert 20e6 < record.cost.peak_memory < 2e9
    assert record.environment["machine"]["cores"] >= 1
    assert record.environment["versions"]["numpy"]
    assert record.configuration == {"does": "answer", "wait": 0.3}
    assert record.identity.settings == {"wait": "0.3"}


def test_a_task_that_fails_costs_that_task_alone(ask) -> None:
    request = ask("odd[does=second]", tasks=("across-2w1s", "across-3w1s", "across-4w1s"))
    kinds = {result.identity.task: type(result) for result in results_of(request)}
    assert kinds == {"across-2w1s": Record, "across-3w1s": Failure, "across-4w1s": Record}


def test_the_same_seed_gives_the_same_outcomes(ask) -> None:
    first, second = (results_of(ask("odd", force=True))[0] for _ in range(2))
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.outcomes.answer == second.outcomes.answer).all()
    assert first.manifest == second.manifest


def slow(ask) -> Request:
    tasks = tuple(f"across-{n}w1s" for n in range(2, 8))
    return ask("odd[wait=0.5]", tasks=tasks)


def test_killed_in_the_middle_then_resumed(ask) -> None:
    request = slow(ask)
    process = start(request)
    wait_for_a_record(request.results)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = list(read_all(request.results))
    assert 1 <= len(kept) < 6
    left = plan(request)
    assert left.n_recorded == len(kept)
    results_of(request)
    assert {r.identity.task for r in read_all(request.results)} == set(request.tasks)


def test_ctrl_c_keeps_finished_records_and_no_half(ask) -> None:
    request = slow(ask)
    process = start(request)
    wait_for_a_record(request.results)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted: finished records are kept" in stderr
    assert "Traceback" not in stderr
    kept = list(read_all(request.results))
    assert 1 <= len(kept) < 6
    assert all(isinstance(result, Record) for result in kept)
    assert not list((request.results / "records").rglob("*.tmp"))


@pytest.fixture
def learns(ask, plugin_file, tmp_path: Path, monkeypatch) -> Callable[..., Request]:
    """A function that makes a request with a method that learns, and an empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    plugin = plugin_file(LEARNS, "learns.py")

    def make(*methods: str, **changed: object) -> Request:
        request = ask(*(methods or ("learns",)), **changed)
        return replace(request, plugins=(*request.plugins, plugin))

    return make


def test_a_model_is_fitted_once_for_all_tasks(learns) -> None:
    (first,) = results_of(learns())
    (second,) = results_of(learns(tasks=("across-3w1s",)))
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.cost.cached, second.cost.cached) == (False, True)
    assert first.cost.fit_seconds == second.cost.fit_seconds > 0
    (third,) = results_of(learns(force=True))
    assert isinstance(third, Record) and not third.cost.cached


def test_the_learning_curve_is_kept_beside_the_records(learns) -> None:
    request = learns(seeds=(0, 1))
    results_of(request)
    curves = list(read_curves(request.results))
    assert [(curve.method, curve.seed) for curve in curves] == [("learns", 0), ("learns", 1)]
    assert [point.step for point in curves[0].points] == [10, 20, 30, 40]


def test_a_loss_that_is_no_number_costs_that_job_alone(learns) -> None:
    told = results_of(learns("learns[diverges=true]", "learns", seeds=(5,)))
    (failure,) = (result for result in told if isinstance(result, Failure))
    assert failure.reason == (
        "learns[diverges=true], seed 5: the loss became nan at step 7; lower the learning rate"
    )
    assert [str(r.identity.choice) for r in told if isinstance(r, Record)] == ["learns"]


def test_a_killed_training_resumes_and_ends_in_the_same_outcomes(
    learns, tmp_path: Path, monkeypatch
) -> None:
    request = learns("learns[wait=0.05]")
    steps = request.plugins[-1].with_name("learns.py.steps")
    process = start(request, "--checkpoint", "0.1")
    until = time.monotonic() + 60
    while not list((tmp_path / "cache" / "models").glob("*/step-0000000[123]?")):
        assert time.monotonic() < until, "no checkpoint came"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert list(read_all(request.results)) == []
    steps.unlink()
    resumed = start(request)
    _, output = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, output
    first, *_, last = map(int, steps.read_text().split())
    assert 0 < first < last == 39, "it began where the checkpoint stood"
    (record,) = read_all(request.results)
    (curve,) = read_curves(request.results)
    whole = replace(request, results=tmp_path / "whole", force=True)
    (uninterrupted,) = results_of(whole)
    (uninterrupted_curve,) = read_curves(whole.results)
    assert isinstance(record, Record) and isinstance(uninterrupted, Record)
    assert (record.outcomes.answer == uninterrupted.outcomes.answer).all()
    assert [(p.step, p.loss, p.accuracy) for p in curve.points] == [
        (p.step, p.loss, p.accuracy) for p in uninterrupted_curve.points
    ]
    assert record.cost.fit_seconds > 0.05 * 40, "the killed process's time counts too"


def test_a_damaged_checkpoint_costs_that_job_alone(learns, tmp_path: Path) -> None:
    results_of(learns())
    (weights,) = (tmp_path / "cache" / "models").rglob("weights.npy")
    weights.write_bytes(b"")
    told = results_of(learns("learns", "l2-1nn", tasks=("across-3w1s",)))
    (failure,) = (result for result in told if isinstance(result, Failure))
    assert "weights.npy is damaged or foreign" in failure.reason
    assert "--force" in failure.reason
    assert sorted(type(result).__name__ for result in told) == ["Failure", "Record"]


TELLS = """
import os
from harness import MethodSpec, hookimpl

class Tells:
    def fit(self, background, training):
        cards = os.environ.get("CUDA_VISIBLE_DEVICES")
        raise RuntimeError(f"{training.device} {cards} {os.environ['KERAS_BACKEND']}")

    def score(self, episodes):
        pass

@hookimpl
def oneshot_method():
    return MethodSpec(name="tells", build=lambda settings: Tells())
"""


def test_device_and_backend_reach_the_job(ask, plugin_file) -> None:
    request = ask("tells", conditions=Conditions(device="cpu", keras_backend="jax"))
    request = replace(request, plugins=(*request.plugins, plugin_file(TELLS, "tells.py")))
    (failure,) = results_of(request)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("RuntimeError: cpu -1 jax")


def test_an_empty_plan_does_nothing(ask, tmp_path: Path) -> None:
    empty = Plan(jobs=(), n_recorded=3, dataset=TINY)
    run(empty, LocalEngine(), tmp_path, lambda result: pytest.fail("there was nothing to tell"))
