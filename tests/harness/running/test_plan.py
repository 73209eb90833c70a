from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import NothingToDo, UsageError
from harness.records.record import Record
from harness.records.store import read_all
from harness.running.device import Device
from harness.running.fitting import Conditions
from harness.running.plan import plan
from tests.support.runs import results_of


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


def test_a_failure_or_damaged_record_is_run_again(ask) -> None:
    request = ask("odd[does=nan]", "l2-1nn")
    results_of(request)
    (path,) = (request.results / "records").rglob("l2-1nn/seed-0.json")
    path.write_text("{")
    assert plan(request).n_results == 2


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
