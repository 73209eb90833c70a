from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.running.cluster import handover as handing
from harness.running.cluster.handover import Wanted, data_here, handover, is_here
from harness.running.run import plan
from harness.storage.dataset_cache import clear, is_stored, stored


@pytest.fixture
def wanted(ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wanted:
    """A dataset that this machine sees, with an empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    return Wanted.by(plan(ask("l2-1nn")).jobs[0])


def blind(wanted: Wanted) -> Wanted:
    """The same where it cannot be seen."""
    return replace(wanted, data="folder:/nowhere")


def test_other_pixels_are_not_the_dataset(wanted: Wanted) -> None:
    assert is_here(wanted) and data_here(wanted) == "tiny"
    other = replace(wanted, fingerprint="0" * 64)
    assert not is_here(other)
    with pytest.raises(DataError, match="tiny has fingerprint .*, not 000000000000"):
        data_here(other)


def test_a_damaged_dataset_is_none_and_gives_way(wanted: Wanted) -> None:
    parcel = replace(handover(wanted), wanted=blind(wanted))
    parcel.arrive()
    (kept,) = stored()
    handing._handed.cache_clear()  # as after the worker's start
    images = kept.folder / "evaluation-images.npy"
    images.chmod(0o600)
    images.write_bytes(b"damage")
    assert not is_here(blind(wanted))
    parcel.arrive()
    assert data_here(blind(wanted)) == f"handed:{wanted.key}"
    clear()
    assert not is_here(blind(wanted)), "looked at anew"


def test_a_parcel_of_other_pixels_is_not_stored(wanted: Wanted) -> None:
    other = replace(blind(wanted), fingerprint="0" * 64)
    with pytest.raises(DataError, match="arrived with fingerprint .*, not 000000000000"):
        replace(handover(wanted), wanted=other).arrive()
    with pytest.raises(DataError, match="cannot be unpacked"):
        replace(handover(wanted), wanted=other, parcel=b"damage").arrive()
    assert not is_stored(other.key)


def test_no_room_to_pack_it_is_told(wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handing, "write_dataset", full)
    with pytest.raises(DataError, match="cannot pack tiny for the workers: No space left"):
        handover(wanted)
