"""The datasets, tasks and methods that the harness uses itself: no other file of it names any."""

from __future__ import annotations

REAL_DATA = "omniglot"
"""The default dataset where it is stored, and the one that ``oneshot data`` stores."""
REAL_DATA_HINT = "for the real Omniglot: oneshot data download, or set ONESHOT_DATA"
SYNTHETIC_DATA = "sketch"
"""The default dataset elsewhere: a program draws it, so that nothing is downloaded."""
PATH_DATA = "folder"
"""A dataset at a path of the user's."""

OFFICIAL_TASK = "lake-400"
"""A person's default task on a dataset with official runs."""
DRAWN_TASK = "across-20w1s"
"""The default task elsewhere, and the example in help and errors."""
OTHER_TASK = "within-20w1s"
"""The second task of a new package's workflow."""
SWEEP = "across-sweep"
"""The example of a sweep."""
PRACTICE_FAMILIES = ("within", "across")
"""Families that a task with fixed episodes is practised with, the first that can be drawn."""

GUESSING = "random"
"""The method that plots show in grey."""
BASELINE = "l2-1nn"
"""The method that a new package is compared with."""
SWEPT_METHOD, SWEPT_SETTING = "lda-1nn", "grid"
"""The example of a method whose setting is swept."""
COLOURED = (
    "l2-1nn",
    "cosine-1nn",
    "hausdorff-1nn",
    "lda-1nn",
    "siamese",
    "matching",
    "prototypical",
    "transfer",
)
"""Methods that keep their colours in plots, whatever else is measured."""
