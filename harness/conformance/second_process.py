"""Fitting and scoring a method in a second process: the request, the report and the call."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.protocol.dataset import Dataset
from harness.running.device import Device
from harness.storage.dataclass_json import from_text, to_text
from harness.storage.dataset_files import write_dataset

DATASET, REQUEST, REPORT, SCORES = "dataset", "request.json", "report.json", "scores.npy"
"""The files in the folder through which the two processes exchange data."""


@dataclass(frozen=True, kw_only=True)
class FitRequest:
    """Which method the second process fits and scores.

    Attributes:
        method: the method as on the command line.
        plugins: absolute paths of plugin files.
        device: the device to compute on.
    """

    method: str
    plugins: tuple[Path, ...]
    device: Device

    def write(self, folder: Path) -> None:
        """Write the request into the folder."""
        (folder / REQUEST).write_text(to_text(self), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> FitRequest:
        """Read the request that ``write`` stored."""
        return from_text((folder / REQUEST).read_text(encoding="utf-8"), cls)


@dataclass(frozen=True, kw_only=True, eq=False)
class FitReport:
    """The result of a request.

    Attributes:
        scores: ``(n_episodes, n_query, n_way)``; None if the method failed.
        accessed: the files and datasets that the method read, except the data it was given.
        fault: why there are no scores, in one line; empty if there are scores.
    """

    scores: NDArray[np.float64] | None
    accessed: tuple[str, ...] = ()
    fault: str = ""

    def write(self, folder: Path) -> None:
        """Write the report: the scores first, so that a report without them is never read."""
        if self.scores is not None:
            np.save(folder / SCORES, self.scores, allow_pickle=False)
        text = to_text(_ReportText(accessed=self.accessed, fault=self.fault))
        (folder / REPORT).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> FitReport:
        """Read the report that ``write`` stored.

        Raises:
            FileNotFoundError: the process ended before it wrote one.
        """
        text = from_text((folder / REPORT).read_text(encoding="utf-8"), _ReportText)
        scores = None if text.fault else np.load(folder / SCORES, allow_pickle=False)
        return cls(scores=scores, accessed=text.accessed, fault=text.fault)


@dataclass(frozen=True, kw_only=True)
class _ReportText:
    """A report without its scores, which are an array in a file of their own."""

    accessed: tuple[str, ...]
    fault: str


def fit_in_second_process(request: FitRequest, dataset: Dataset, folder: Path) -> FitReport:
    """Fit and score in a new process with another hash seed, which changes the order of sets.

    Args:
        request: the method.
        dataset: the data to fit on and to draw episodes from. It is passed on as files.
        folder: an empty folder.
    """
    write_dataset(dataset, folder / DATASET)
    request.write(folder)
    ended = subprocess.run(
        # -P: modules in the current folder must not shadow installed ones
        [sys.executable, "-P", "-m", "harness.conformance.second_process_main", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,  # the last line of either is the reason if it ends early
        encoding="utf-8",
        errors="replace",
        env=dict(os.environ, PYTHONHASHSEED=_another_hash_seed()),
    )
    try:
        return FitReport.read(folder)
    except FileNotFoundError:
        last = (ended.stdout.strip().splitlines() or ["it printed nothing"])[-1]
        return FitReport(
            scores=None, fault=f"it ended with exit status {ended.returncode}: {last.strip()}"
        )


def _another_hash_seed() -> str:
    return "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
