"""Names of files in a results folder, made of the names of datasets, tasks and methods.

No two texts share a file name: a text that is no safe file name, or that could be mistaken for one
with a hash, gets a hash of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256

from harness.protocol.dataset import DatasetId

_SAFE = re.compile(r"(?!\.+$)[A-Za-z0-9_.@-]{1,100}")
_ENDS_IN_HASH = re.compile(r"-(?:[0-9a-f]{8}){1,2}$")
_ENDS_IN_EPISODES = re.compile(r"-\d+-episodes$")


def file_name(text: str) -> str:
    """Return the file name of a text; no other text has it."""
    if _SAFE.fullmatch(text) and not _ENDS_IN_HASH.search(text):
        return text
    return _hashed(text)


def method_folder(method: str, settings: Mapping[str, str]) -> str:
    """Return the name of the folder of a method with some settings."""
    name = file_name(method)
    if not settings:
        return name
    spelled = json.dumps(dict(settings), sort_keys=True)
    return f"{name}-{_hash(spelled)[:8]}"


def task_folder(task: str, n_episodes: int | None) -> str:
    """Return the name of the folder of a task; None is the task's own number of episodes."""
    if n_episodes is None and _ENDS_IN_EPISODES.search(task):
        return _hashed(task)
    return file_name(task) + ("" if n_episodes is None else f"-{n_episodes}-episodes")


def dataset_folder(dataset: DatasetId) -> str:
    """Return the name of a dataset's folder.

    The files at a path may change, so the folder of ``NAME:PATH`` also tells the pixels.
    """
    plugin, colon, argument = dataset.name.partition(":")
    if not colon:
        return file_name(dataset.name)
    # the first dash of the folder stands for the colon, so a plugin's name may have none
    name = _hashed(dataset.name) if "-" in plugin else f"{file_name(plugin)}-{file_name(argument)}"
    return f"{name}-{dataset.fingerprint[:8]}"


def _hashed(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_@-]+", "-", text)[:80] + f"-{_hash(text)[:16]}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
