from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import NothingToDo, UsageError
from harness.records.record import Failure, Record
from harness.records.record_json import to_json
from harness.records.store import read_all, read_curves
from harness.running.device import Device
from harness.running.engine import LocalEngine
from harness.running.events import Event, Result
from harness.running.fitting import Conditions
from harness.running.plan import Plan, plan
from harness.running.request import Request
from harness.running.run import run
from tests.support.dataset_ids import TINY
from tests.support.odd_methods import LEARNS, PLUGIN
from tests.support.processes import alive, children


@pytest.fixture
def ask(plugin_file: Callable[[str], Path], tmp_path: Path) -> Callable[..., Request]:
    """A function that makes a request on the tiny dataset, with the odd method there."""
    plugin = plugin_file(PLUGIN)

    def make(*methods: str, **changed: object) -> Request:
        asked: dict[str, object] = {
            "data": "tiny",
            "methods": methods,
            "tasks": ("across-2w1s",),
            "n_episodes": 40,
            "results": tmp_path / "results",
            "plugins": (plugin,),
        }
        return Request(**(asked | changed))  # type: ignore[arg-type]

    return make


def results_of(request: Request, n_jobs: int = 1, timeout: float | None = 60) -> list[Result]:
    told: list[Event] = []
    run(plan(request), LocalEngine(n_jobs, timeout), request.results, told.append)
    return [event for event in told if isinstance(event, Record | Failure)]


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


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("nan", "odd: score returned NaN in 1 of 40 episodes"),
        ("shape", r"odd: score returned shape \(40, 2\), not \(40, 1, 2\)"),
        ("nothing", "odd: score returned nothing; is a return missing"),
        ("words", "not real numbers"),
        ("crash in fit", r"RuntimeError: no such luck \(my_plugin.py, line \d+\)"),
        ("die", "ended with exit status 7 before it had answered"),
        ("killed", "killed by signal 9"),
    ],
)
def test_a_bad_method_costs_its_own_row_and_no_other(ask, does: str, reason: str) -> None:
    told = results_of(ask(f"odd[does={does}]", "l2-1nn"))
    (failure,) = (result for result in told if isinstance(result, Failure))
    assert failure.identity.method == "odd"

    assert re.search(reason, failure.reason)
    assert "\n" not in failure.reason
    assert [r.identity.method for r in told if isinstance(r, Record)] == ["l2-1nn"]


def test_a_traceback_is_kept_with_the_failure(ask) -> None:
    (failure,) = results_of(ask("odd[does=crash in fit]"))
    assert isinstance(failure, Failure)
    assert "a method may print what it likes" in failure.details
    assert "Traceback" in failure.details


def test_a_task_that_fails_costs_that_task_alone(ask) -> None:
    request = ask("odd[does=second]", tasks=("across-2w1s", "across-3w1s", "across-4w1s"))
    kinds = {result.identity.task: type(result) for result in results_of(request)}
    assert kinds == {"across-2w1s": Record, "across-3w1s": Failure, "across-4w1s": Record}


def test_a_hanging_method_is_timed_out(ask) -> None:
    (failure,) = results_of(ask("odd[does=hang]"), timeout=3)
    assert isinstance(failure, Failure)
    assert failure.reason == "timed out after 3 seconds; --timeout gives more"


def test_what_is_recorded_is_not_run_again(ask) -> None:
    results_of(ask("odd", tasks=("across-2w1s",)))
    again = plan(ask("odd", tasks=("across-2w1s", "across-3w1s")))
    assert again.n_recorded == 1
    assert [str(task) for job in again.jobs for task in job.tasks] == ["across-3w1s"]
    assert plan(ask("odd", force=True)).n_results == 1
    assert plan(ask("odd", seeds=(1,))).n_results == 1
    assert plan(ask("odd[wait=0.1]")).n_results == 1
    assert plan(ask("odd", n_episodes=41)).n_results == 1


def test_a_record_of_other_episodes_is_run_again(ask) -> None:
    request = ask("odd")
    results_of(request)
    (path,) = (request.results / "records").rglob("*.json")
    (record,) = read_all(request.results)
    assert isinstance(record, Record)
    path.write_text(path.read_text().replace(record.manifest, "0" * 64))
    assert plan(request).n_results == 1


def test_a_record_of_other_defaults_is_run_again(ask) -> None:
    request = ask("odd")
    results_of(request)
    (path,) = (request.results / "records").rglob("*.json")
    path.write_text(path.read_text().replace('"does": "answer"', '"does": "other"'))
    assert plan(request).n_results == 1


def test_a_method_whose_code_changed_is_run_again(ask) -> None:
    request = ask("odd", "l2-1nn")
    results_of(request)
    (plugin,) = request.plugins
    plugin.write_text(plugin.read_text() + "CHANGED = 1\n")
    assert [job.choice.name for job in plan(request).jobs] == ["odd"]


def test_asking_for_a_tasks_own_number_is_the_same_record(ask) -> None:
    assert plan(ask("odd", n_episodes=2000)).jobs[0].n_episodes is None
    assert plan(ask("odd", n_episodes=1999)).jobs[0].n_episodes == 1999


def test_a_results_folder_that_cannot_be_written_is_told_first(ask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        plan(ask("odd", results=tmp_path / "file" / "results"))


def test_half_a_line_from_a_killed_job_costs_that_job_alone(ask, monkeypatch) -> None:
    real = subprocess.Popen
    half = [sys.executable, "-c", "print('{\"event\": \"resu', end='', flush=True)"]
    spoiled = []

    def first_is_spoiled(command, **options):
        spoiled.append(command)
        return real(half if len(spoiled) == 1 else command, **options)

    monkeypatch.setattr(subprocess, "Popen", first_is_spoiled)
    told = results_of(ask("odd", "l2-1nn"))
    assert sorted(type(result).__name__ for result in told) == ["Failure", "Record"]


BUSY = """
import threading, time
from harness import MethodSpec, from_embedding, hookimpl

def embed(images):
    threading.Thread(target=time.sleep, args=(99,)).start()
    return images.reshape(len(images), -1)

@hookimpl
def oneshot_method():
    return MethodSpec(name="busy", build=lambda settings: from_embedding(embed))
"""


def test_threads_that_a_method_leaves_hold_nothing_up(ask, plugin_file) -> None:
    request = ask("busy")
    request = replace(request, plugins=(*request.plugins, plugin_file(BUSY, "busy.py")))
    started = time.monotonic()
    (record,) = results_of(request)
    assert isinstance(record, Record)
    assert time.monotonic() - started < 60


def test_a_failure_or_damaged_record_is_run_again(ask) -> None:
    request = ask("odd[does=nan]", "l2-1nn")
    results_of(request)
    (path,) = (request.results / "records").rglob("l2-1nn/seed-0.json")
    path.write_text("{")
    assert plan(request).n_results == 2


def test_the_same_seed_gives_the_same_outcomes(ask) -> None:
    first, second = (results_of(ask("odd", force=True))[0] for _ in range(2))
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.outcomes.answer == second.outcomes.answer).all()
    assert first.manifest == second.manifest


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"methods": ()}, NothingToDo, "no method was named; add --method"),
        ({"tasks": ()}, NothingToDo, "no task was named; add --task"),
        ({"methods": ("od",)}, UsageError, "did you mean odd"),
        ({"methods": ("odd[dose=nan]",)}, UsageError, "did you mean does"),
        ({"data": "tinny"}, UsageError, "did you mean tiny"),
        ({"tasks": ("acros-2w1s",)}, UsageError, "did you mean across"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_runs(ask, changed, error, message) -> None:
    with pytest.raises(error, match=message):
        plan(ask("odd", **changed) if "methods" not in changed else ask(**changed))


def start(request: Request, *more: str) -> subprocess.Popen[str]:
    """Start the same request through the command line."""
    command = [sys.executable, "-m", "harness", "run", "--data", request.data]
    command += [part for method in request.methods for part in ("-m", method)]
    command += [part for task in request.tasks for part in ("-t", task)]
    command += ["--episodes", str(request.n_episodes), "--results", str(request.results)]
    command += [part for plugin in request.plugins for part in ("--plugin", str(plugin))]
    return subprocess.Popen(
        [*command, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_a_record(results: Path) -> None:
    until = time.monotonic() + 60
    while not list((results / "records").rglob("seed-0.json")):
        assert time.monotonic() < until, "no record came"
        time.sleep(0.02)


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


def test_a_killed_parent_takes_its_job_along(ask, tmp_path: Path) -> None:
    request = ask("odd[does=hang]", "l2-1nn", tasks=("across-2w1s",))
    process = start(request)
    until = time.monotonic() + 30
    while not (started := children(process.pid)):
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while any(alive(child) for child in started):
        assert time.monotonic() < until, "the job outlived its parent"
        time.sleep(0.02)


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


NEEDY = """
from harness import MethodSpec, from_embedding, hookimpl

@hookimpl
def oneshot_method():
    return MethodSpec(
        name="needy",
        build=lambda settings: from_embedding(lambda images: images.reshape(len(images), -1)),
        requires=("no-such-framework",),
        install="needy[gpu]",
    )
"""


def test_a_framework_that_is_missing_is_named_with_what_installs_it(ask, plugin_file) -> None:
    request = ask("needy")
    request = replace(request, plugins=(*request.plugins, plugin_file(NEEDY, "needy.py")))
    message = "needy needs no-such-framework, which is not installed.*pip install 'needy.gpu.'"
    with pytest.raises(UsageError, match=message):
        plan(request)


def test_what_was_asked_on_another_device_or_backend_is_run_again(ask, monkeypatch) -> None:
    request = ask("odd")
    (record,) = results_of(request)
    device: Device
    for card, backend, device, asked, allowed in (
        (None, None, "auto", "tensorflow", True),
        (None, None, "cpu", "torch", True),  # it is no Keras method
        ("A Card", None, "auto", "tensorflow", True),
        ("A Card", None, "cpu", "tensorflow", False),
        (None, None, "cuda", "tensorflow", False),
        (None, "tensorflow", "auto", "torch", False),
        (None, "torch", "auto", "torch", True),
    ):
        machine = {"cores": 2} | ({} if card is None else {"graphics_card": card})
        made = {"machine": machine} | ({} if backend is None else {"keras_backend": backend})
        conditions = Conditions(device=device, keras_backend=asked)
        assert conditions.allow(made) is allowed, (card, backend, device, asked)
    assert isinstance(record, Record)
    assert plan(replace(request, conditions=Conditions(device="cpu"))).n_recorded == 1


def test_a_keras_backend_that_is_missing_is_named(ask, plugin_file, monkeypatch) -> None:
    monkeypatch.setattr("harness.plugins.requirements.find_spec", lambda name: None)
    monkeypatch.setattr("harness.plugins.requirements.version", lambda name: "1.0")
    keras = NEEDY.replace("no-such-framework", "keras").replace("needy", "kerasy")
    request = ask("kerasy", conditions=Conditions(keras_backend="jax"))
    request = replace(request, plugins=(*request.plugins, plugin_file(keras, "kerasy.py")))
    with pytest.raises(UsageError, match=r"needs jax, .* pip install jax, or .*--keras-backend"):
        plan(request)


def test_a_card_that_is_not_there_is_refused(ask, monkeypatch) -> None:
    monkeypatch.setattr("harness.running.device.graphics_card", lambda: None)
    with pytest.raises(UsageError, match="--device cuda"):
        plan(ask("odd", conditions=Conditions(device="cuda")))


def test_an_empty_plan_does_nothing(ask, tmp_path: Path) -> None:
    empty = Plan(jobs=(), n_recorded=3, dataset=TINY)
    run(empty, LocalEngine(), tmp_path, lambda result: pytest.fail("there was nothing to tell"))
