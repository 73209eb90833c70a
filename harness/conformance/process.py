"""The other process: what it is asked, what it reports, and how it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Dataset
from harness.running.device import Device
from harness.storage.dataset_files import write_dataset

DATASET, ERRAND, REPORT, SCORES = "dataset", "errand.json", "report.json", "scores.npy"
"""What stands in the folder through which the processes talk."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What the other process is asked to do: to fit a method and to answer the episodes.

    Attributes:
        method: as on the command line.
        plugins: plugin files, by absolute paths.
        device: where it computes.
    """

    method: str
    plugins: tuple[Path, ...]
    device: Device

    def write(self, folder: Path) -> None:
        """Leave the errand for the other process."""
        (folder / ERRAND).write_text(json.dumps(asdict(self), default=str), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Errand:
        """Read what ``write`` left."""
        body = json.loads((folder / ERRAND).read_text(encoding="utf-8"))
        return cls(**body | {"plugins": tuple(Path(file) for file in body["plugins"])})


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """What came of an errand.

    Attributes:
        scores: the answers, as the checks compare them; None where there are none.
        seen: the data that the method looked at beside what it was given.
        fault: why there are no answers, in one line; nothing where there are.
    """

    scores: NDArray[np.float64] | None
    seen: tuple[str, ...] = ()
    fault: str = ""

    def write(self, folder: Path) -> None:
        """Leave the report, whole or not at all."""
        if self.scores is not None:
            np.save(folder / SCORES, self.scores, allow_pickle=False)
        text = json.dumps({"seen": self.seen, "fault": self.fault})
        (folder / REPORT).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Report:
        """Read what ``write`` left.

        Raises:
            FileNotFoundError: the process ended before it had left one.
        """
        body = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        scores = None if body["fault"] else np.load(folder / SCORES, allow_pickle=False)
        return cls(scores=scores, seen=tuple(body["seen"]), fault=body["fault"])


def run_elsewhere(errand: Errand, dataset: Dataset, folder: Path) -> Report:
    """Fit and score in a new process, in which sets and dictionaries hash strings otherwise.

    Args:
        errand: what to do.
        dataset: what to learn from and to be asked about; it is handed over as a folder.
        folder: an empty folder.
    """
    write_dataset(dataset, folder / DATASET)
    errand.write(folder)
    ended = subprocess.run(
        # -P: the current folder is no place to import from
        [sys.executable, "-P", "-m", "harness.conformance.child", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=dict(os.environ, PYTHONHASHSEED=_another_hash_seed()),
    )
    try:
        return Report.read(folder)
    except FileNotFoundError:
        last = (ended.stdout.strip().splitlines() or ["it told nothing"])[-1]
        return Report(
            scores=None, fault=f"it ended with exit status {ended.returncode}: {last.strip()}"
        )


def _another_hash_seed() -> str:
    return "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
