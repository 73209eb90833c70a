from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import Client
from distributed.comm import CommClosedError

from harness.errors import DataError, EngineError
from harness.running.cluster import handover
from harness.running.cluster.address import Address
from harness.running.cluster.connection import Connection, connected
from harness.running.cluster.handover import Handover, packed
from harness.running.cluster.wanted import WantedDataset, is_readable, readable_name, sent_name
from harness.running.plan import plan
from harness.storage.dataset_cache import clear, is_stored, stored
from tests.harness.running.cluster.conftest import OWN, Cluster, until


@pytest.fixture
def wanted(ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WantedDataset:
    """A dataset that this machine sees, with an empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    return WantedDataset.by(plan(ask("l2-1nn")).jobs[0])


def blind(wanted: WantedDataset) -> WantedDataset:
    """The same where it cannot be seen."""
    return replace(wanted, data="folder:/nowhere")


def test_other_pixels_are_not_the_dataset(wanted: WantedDataset) -> None:
    assert is_readable(wanted) and readable_name(wanted) == "tiny"
    other = replace(wanted, fingerprint="0" * 64)
    assert not is_readable(other)
    with pytest.raises(DataError, match="tiny has fingerprint .*, not 000000000000"):
        readable_name(other)


def test_a_damaged_dataset_is_none_and_gives_way(wanted: WantedDataset) -> None:
    sent = replace(packed(wanted), wanted=blind(wanted))
    sent.store()
    (kept,) = stored()
    sent_name.cache_clear()  # as after the worker's start
    images = kept.folder / "evaluation-images.npy"
    images.chmod(0o600)
    images.write_bytes(b"damage")
    assert not is_readable(blind(wanted))
    sent.store()
    assert readable_name(blind(wanted)) == f"handed:{wanted.key}"
    clear()
    assert not is_readable(blind(wanted)), "looked at anew"


def test_an_archive_of_other_pixels_is_not_stored(wanted: WantedDataset) -> None:
    other = replace(blind(wanted), fingerprint="0" * 64)
    with pytest.raises(DataError, match="arrived with fingerprint .*, not 000000000000"):
        replace(packed(wanted), wanted=other).store()
    with pytest.raises(DataError, match="cannot be unpacked"):
        replace(packed(wanted), wanted=other, archive=b"damage").store()
    assert not is_stored(other.key)


def test_no_room_to_pack_it_is_told(wanted: WantedDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handover, "write_dataset", full)
    with pytest.raises(DataError, match="cannot pack tiny for the workers: No space left"):
        packed(wanted)


def test_a_worker_that_leaves_while_the_dataset_is_sent_is_not_the_scheduler(
    wanted: WantedDataset,
) -> None:
    failures = [CommClosedError("closed")]

    def register(plugin: object, name: str) -> None:
        if failures:
            raise failures.pop()

    client: Any = SimpleNamespace(register_plugin=register)
    handing = Handover(Connection(client, OWN))
    handing.send(wanted)
    assert handing.done
    failures += [CommClosedError("closed")] * 3
    with pytest.raises(EngineError, match="was lost"):
        handing.send(wanted)


def test_runs_that_send_the_same_dataset_each_take_back_their_own(cluster: Cluster, ask) -> None:
    wanted = WantedDataset.by(plan(ask("l2-1nn")).jobs[0])
    address = Address(text=cluster.engine, file=cluster.file)
    with Client(scheduler_file=str(cluster.file), set_as_default=False) as client:
        held = lambda: client.run_on_scheduler(  # noqa: E731
            lambda dask_scheduler: str(list(dask_scheduler.worker_plugins)).count("oneshot-")
        )
        with connected(address) as connection, Handover(connection) as one:
            one.send(wanted)
            with connected(address) as connection, Handover(connection) as other:
                other.send(wanted)
                assert held() == 2
            assert held() == 1
        assert held() == 0
    with (
        pytest.raises(EngineError, match="the scheduler of .* was lost"),
        connected(address) as connection,
        Handover(connection) as one,
    ):
        one.send(wanted)
        cluster.scheduler.kill()
        until(lambda: connection.client.status != "running", "its loss is noticed")
        raise connection.lost()  # which the end of the run does not replace
