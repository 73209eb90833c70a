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
"""The plugin, in a name, of a dataset that another machine sent into this machine's cache."""


def load_dataset(text: str, plugins: Plugins) -> Dataset:
    """Return the dataset that ``text`` names.

    ``@validation`` after the name gives the dataset to choose settings on: it evaluates on held-out
    background groups, and its own evaluation split is out of reach.

    Raises:
        UsageError: no dataset has that name.
        DataError: the data are missing, damaged or of another dataset.
        PluginError: the plugin failed.
    """
    plain = text.removesuffix(VALIDATION)
    name, colon, argument = plain.partition(":")
    if name == HANDED:
        return stored_dataset(argument)
    if colon and not argument:
        raise UsageError(f"--data {text}: the path after the colon is missing; write {name}:PATH")
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
    """Return the default dataset: the real one if it is installed, else the synthetic one.

    A wrong ONESHOT_DATA, or a damaged copy, counts as installed: loading it then says what is
    wrong, where results on synthetic data would hide it.
    """
    installed = os.environ.get("ONESHOT_DATA") or any(each.key == REAL_DATA for each in stored())
    return REAL_DATA if installed else SYNTHETIC_DATA
