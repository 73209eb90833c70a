"""Fits and scores a method in a second process, and reports which other data it read.

Run as ``python -P -m harness.conformance.second_process_main FOLDER``;
``harness.conformance.second_process`` documents the files in the folder.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from harness.conformance.data_access import DataAccessLog
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.second_process import DATASET, FitReport, FitRequest
from harness.storage.atomic import cache_folder
from harness.storage.dataset_files import read_dataset


def main() -> None:
    """Read the request, fit and score the method, and write the report."""
    folder = Path(sys.argv[1])
    request = FitRequest.read(folder)
    dataset = read_dataset(folder / DATASET)
    # the harness has read its own files: from here on, only the method's code opens files
    cache = cache_folder()
    log = DataAccessLog((folder / DATASET, cache / "datasets", cache / "downloads"))
    try:
        tested = MethodUnderTest(request.method, request.plugins, dataset, request.device)
        report = FitReport(scores=tested.fitted_scores, accessed=log.accessed)
    except Nonconformance as fault:
        traceback.print_exc()
        report = FitReport(scores=None, accessed=log.accessed, fault=str(fault))
    report.write(folder)


if __name__ == "__main__":
    main()
