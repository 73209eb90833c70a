"""Datasets by name: ``omniglot``, ``sketch``, ``folder:PATH``, and ``NAME@validation``."""

from __future__ import annotations

import os

from harness.dataset import Dataset
from harness.errors import DataError, UsageError
from harness.plugins import Plugins

VALIDATION = "@validation"


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
