"""What comes back from a worker: a job's results, and the model that it fitted."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from harness.cluster.parcel import pack, unpack
from harness.errors import CheckpointError, SealError
from harness.job_process import Breakdown
from harness.model_cache import models_folder
from harness.sealed import UNFINISHED, unseal


@dataclass(frozen=True, kw_only=True)
class Model:
    """A fitted model on its way.

    Attributes:
        key: what it is kept under.
        parcel: its sealed folder.
    """

    key: str
    parcel: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a job's process told on a worker.

    Attributes:
        lines: its results and learning curve, as ``harness.events`` spells them.
        model: what it fitted and kept; None where it did not.
        seconds: from the start of its process to its end.
    """

    lines: tuple[str, ...] = field(repr=False)
    model: Model | None
    seconds: float


class Crash(Exception):
    """A job that did not come to its end on a worker, and may on another try."""

    def __init__(self, returned: Returned, breakdown: Breakdown) -> None:
        super().__init__(returned, breakdown)
        self.returned, self.breakdown = returned, breakdown

    def __str__(self) -> str:  # Dask cuts long ones
        return self.breakdown.reason


def packed_model(key: str) -> Model:
    """Return the model that this machine's cache holds under ``key``."""
    return Model(key=key, parcel=pack(models_folder() / key))


def keep_model(model: Model) -> None:
    """Put a model that came back into this machine's cache, unless it is there.

    Raises:
        CheckpointError: it arrived damaged.
        OSError: the cache cannot be written.
    """
    final = models_folder() / model.key
    if final.is_dir():
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    own = Path(mkdtemp(prefix=UNFINISHED, dir=final.parent))
    try:
        unpack(model.parcel, own / "new")
        unseal(own / "new")
        if not final.is_dir():
            (own / "new").rename(final)
    except SealError as damage:
        raise CheckpointError(
            f"the fitted model {model.key} arrived damaged ({damage}); run the same command again"
        ) from damage
    finally:
        shutil.rmtree(own, ignore_errors=True)
