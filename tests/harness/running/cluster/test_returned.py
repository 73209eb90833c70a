from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import CheckpointError
from harness.learning.model_cache import models_folder
from harness.running.cluster.returned import Model, keep_model, packed_model
from harness.storage.sealed import seal, unseal

WEIGHTS = "weights.npy"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model from another cache than the one that is in use from now on."""
    for cache in ("there", "here"):
        monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / cache))
        if cache == "there":
            seal(models_folder() / "learns-1", {}, lambda own: _write(own, b"new"))
            packed = packed_model("learns-1")
    assert packed is not None
    return packed


def _write(folder: Path, weights: bytes) -> None:
    (folder / WEIGHTS).write_bytes(weights)


def kept() -> bytes:
    (model,) = (path for path in models_folder().iterdir() if path.is_dir())
    unseal(model)
    return (model / WEIGHTS).read_bytes()


def test_a_model_that_comes_back_is_kept(model: Model) -> None:
    keep_model(model)
    assert kept() == b"new"


@pytest.mark.parametrize(("replace", "weights"), [(False, b"old"), (True, b"new")])
def test_a_sound_model_stays_unless_it_was_fitted_again(
    model: Model, replace: bool, weights: bytes
) -> None:
    seal(models_folder() / model.key, {}, lambda own: _write(own, b"old"))
    keep_model(model, replace=replace)
    assert kept() == weights


def test_a_damaged_model_gives_way(model: Model) -> None:
    keep_model(model)
    (models_folder() / model.key / WEIGHTS).write_bytes(b"damage")
    keep_model(model)
    assert kept() == b"new"


@pytest.mark.parametrize("old, new", [(b"new", b"ewn"), (b"PK", b"--")])
def test_a_model_that_arrives_damaged_is_none(model: Model, old: bytes, new: bytes) -> None:
    damaged = Model(key=model.key, parcel=model.parcel.replace(old, new))
    with pytest.raises(CheckpointError, match="the fitted model learns-1 arrived damaged"):
        keep_model(damaged)
    assert list(models_folder().iterdir()) == []


@pytest.mark.parametrize("key", ["../escaped", "..", ".lock", "a/b", ""])
def test_a_key_that_is_none_is_refused(model: Model, key: str) -> None:
    with pytest.raises(CheckpointError, match="no key of one"):
        keep_model(Model(key=key, parcel=model.parcel))


def test_a_model_that_has_gone_is_not_sent(model: Model) -> None:
    assert packed_model(model.key) is None
