"""Fits and scores in a process of its own, and reports what else the method looked at.

Run as ``python -P -m harness.conformance.child FOLDER``; ``harness.conformance.process`` says what
stands in the folder.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from harness.conformance.access import Witness
from harness.conformance.faults import Nonconformance
from harness.conformance.method_under_test import Subject
from harness.conformance.process import DATASET, Errand, Report
from harness.storage.atomic import cache_folder
from harness.storage.dataset_files import read_dataset


def main() -> None:
    """Run the errand; the parent knows the method by name, and so does this process."""
    folder = Path(sys.argv[1])
    errand = Errand.read(folder)
    dataset = read_dataset(folder / DATASET)
    # from here on whatever is opened is opened by the method, as it is imported at the latest
    witness = Witness((folder / DATASET, cache_folder() / "datasets", cache_folder() / "downloads"))
    try:
        subject = Subject(errand.method, errand.plugins, dataset, errand.device)
        report = Report(scores=subject.fitted_scores, seen=witness.seen)
    except Nonconformance as fault:
        traceback.print_exc()
        report = Report(scores=None, seen=witness.seen, fault=str(fault))
    report.write(folder)


if __name__ == "__main__":
    main()
