"""Datasets by name: ``omniglot``, ``sketch``, ``folder:PATH``, and ``NAME@validation``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.dataset import Dataset
from harness.errors import DataError, UsageError

if TYPE_CHECKING:
    from harness.plugins import Plugins

VALIDATION = "@validation"


@dataclass(frozen=True, kw_only=True)
class DatasetSpec:
    """A dataset, as its plugin declares it.

    Attributes:
        name: the dataset's name, the same as its entry point.
        load: ``load(argument)`` returns it; ``argument`` is what stands after ``NAME:`` on the
            command line, or an empty string. Raises DataError when it cannot.
        download: fetches it from where it is published, where that can be done.
        import_: takes it from a path of the user's, where that can be done.
    """

    name: str
    load: Callable[[str], Dataset]
    download: Callable[[], Dataset] | None = None
    import_: Callable[[Path], Dataset] | None = None


def load_dataset(text: str, plugins: Plugins) -> Dataset:
    """Return the dataset that ``text`` names.

    ``@validation`` after the name gives the dataset on which settings are chosen: some of the
    background alphabets held out, and the evaluation split out of reach.

    Raises:
        UsageError: no dataset has that name.
        DataError: it is not there, damaged, or not what it says it is.
    """
    plain = text.removesuffix(VALIDATION)
    name, colon, argument = plain.partition(":")
    if colon and not argument:
        raise UsageError(f"--data {text}: nothing stands after the colon; write {name}:PATH")
    dataset: Dataset = plugins.get("dataset", name).load(argument)
    return dataset.validation() if text.endswith(VALIDATION) else dataset


def default_data(plugins: Plugins) -> str:
    """Return the dataset that is meant when none is named: omniglot where it is, else sketch.

    Where ONESHOT_DATA points somewhere, omniglot is meant, also when it is wrong there.
    """
    if os.environ.get("ONESHOT_DATA"):
        return "omniglot"
    try:
        load_dataset("omniglot", plugins)
    except DataError:
        return "sketch"
    return "omniglot"
