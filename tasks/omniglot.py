"""Omniglot: 1,623 characters of 50 alphabets, each drawn by 20 people.

Brenden Lake, Ruslan Salakhutdinov, Joshua Tenenbaum (2015): Human-level concept learning through
probabilistic program induction. Science 350:1332. https://github.com/brendenlake/omniglot
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from harness import (
    DataError,
    Dataset,
    DatasetSpec,
    UsageError,
    cached,
    downloads_folder,
    hookimpl,
    store,
)
from tasks.characters import CHARACTERS
from tasks.omniglot_copy import Copy, find_copy
from tasks.omniglot_download import MD5, UPSTREAM, fetch_omniglot
from tasks.omniglot_edition import Edition, omniglot_edition
from tasks.omniglot_reader import read_omniglot

IMPORTED = "omniglot"
"""The cache key of a copy that was downloaded or imported."""


def load(argument: str = "") -> Dataset:
    """Return Omniglot: from ONESHOT_DATA if that is set, else the downloaded or imported copy.

    Raises:
        UsageError: there is an argument; it takes none.
        DataError: the copy is missing, damaged or of another dataset.
    """
    if argument:
        raise UsageError(
            f"omniglot:{argument}: omniglot takes no argument; to use a copy of yours, "
            f"set ONESHOT_DATA={argument} or type: oneshot data import {argument}"
        )
    named = os.environ.get("ONESHOT_DATA")
    if named:
        return load_copy(_named_copy(Path(named)))
    return cached(IMPORTED, _nothing_there)


def load_copy(copy: Copy, edition: Edition | None = None) -> Dataset:
    """Return the dataset of a copy; it is read and verified once, and again when it changes.

    Args:
        copy: its files.
        edition: the names and digests that it must have; None for those of the real Omniglot.

    Raises:
        DataError: the copy is damaged or of another dataset.
    """
    return cached(f"omniglot-{copy.signature}", lambda: _read(copy, edition))


def import_omniglot(path: Path, edition: Edition | None = None) -> Dataset:
    """Read and verify a copy, and store it as the one that ``load`` returns.

    Args:
        path: a folder that holds the zips or the unpacked folders, or one of these.
        edition: the names and digests that it must have; None for those of the real Omniglot.

    Raises:
        DataError: the copy is missing, damaged or of another dataset; a copy that was stored
            before stays.
    """
    return store(IMPORTED, _read(find_copy(path), edition))


def download_omniglot(
    base_url: str = UPSTREAM,
    checksums: Mapping[str, str] = MD5,
    edition: Edition | None = None,
) -> Dataset:
    """Download Omniglot from its own repository, import it, and remove the zips.

    Args:
        base_url: the address that the zips are under.
        checksums: the md5 of each, by its path under ``base_url``.
        edition: the names and digests that they must have; None for those of the real Omniglot.

    Raises:
        DataError: the connection fails, or a zip has another checksum; the zips that are complete
            are kept for the next try.
    """
    folder = downloads_folder() / "omniglot"
    fetch_omniglot(folder, base_url, checksums)
    dataset = import_omniglot(folder, edition)
    rmtree(folder, ignore_errors=True)
    return dataset


def _read(copy: Copy, edition: Edition | None) -> Dataset:
    return read_omniglot(copy, edition or omniglot_edition())


def _named_copy(folder: Path) -> Copy:
    try:
        return find_copy(folder)
    except DataError as refusal:
        raise DataError(f"ONESHOT_DATA is set to {refusal}") from refusal


def _nothing_there() -> Dataset:
    raise DataError(
        "omniglot is not installed, or the stored copy is damaged; type: oneshot data download, "
        "or: oneshot data import PATH, or set ONESHOT_DATA to a folder that holds its zips"
    )


@hookimpl
def oneshot_dataset() -> DatasetSpec:
    """Register the dataset."""
    return DatasetSpec(
        name="omniglot",
        load=load,
        download=download_omniglot,
        import_=import_omniglot,
        nouns=CHARACTERS,
    )
