"""Datasets by name: ``NAME``, ``NAME:PATH``, and ``@validation`` after either."""

from __future__ import annotations

import os
from dataclasses import replace

from harness.errors import OneShotError, PluginError, UsageError
from harness.plugins.defaults import REAL_DATA, SYNTHETIC_DATA
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset, Nouns
from harness.storage.dataset_cache import stored, stored_dataset

VALIDATION = "@validation"
HANDED = "handed"
"""What stands before the key of a dataset that another machine put into this one's cache."""


def load_dataset(text: str, plugins: Plugins) -> Dataset:
    """Return the dataset that ``text`` names.

    ``@validation`` after the name gives the dataset on which settings are chosen: some of the
    background alphabets held out, and the evaluation split out of reach.

    Raises:
        UsageError: no dataset has that name.
        DataError: it is not there, damaged, or not what it says it is.
        PluginError: its plugin failed.
    """
    plain = text.removesuffix(VALIDATION)
    name, colon, argument = plain.partition(":")
    if name == HANDED:
        return stored_dataset(argument)
    if colon and not argument:
        raise UsageError(f"--data {text}: nothing stands after the colon; write {name}:PATH")
    spec = plugins.dataset(name)
    try:
        dataset = spec.load(argument)
    except OneShotError:
        raise
    except Exception as failure:
        raise PluginError(
            f"--data {text}: loading it failed with {type(failure).__name__}: {failure}; mend the "
            f"plugin of {name}"
        ) from failure
    dataset = replace(dataset, nouns=spec.nouns)
    return dataset.validation() if text.endswith(VALIDATION) else dataset


def nouns_of(text: str, plugins: Plugins) -> Nouns:
    """Return a dataset's words for people, without loading it; general ones without its plugin."""
    name = text.removesuffix(VALIDATION).partition(":")[0]
    try:
        return plugins.dataset(name).nouns
    except OneShotError:  # records outlive the plugin of their dataset
        return Nouns()


def default_data() -> str:
    """Return the dataset that is meant when none is named: omniglot where it is, else sketch.

    Where ONESHOT_DATA points somewhere, or a copy is stored, omniglot is meant, also when what is
    there turns out to be wrong or damaged.
    """
    there = os.environ.get("ONESHOT_DATA") or any(each.key == REAL_DATA for each in stored())
    return REAL_DATA if there else SYNTHETIC_DATA
