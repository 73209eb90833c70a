"""Names of files that come from names of plugins, datasets and settings.

Two texts never share a file name: a text that cannot be a file name as it is, or that looks as if
it ended in a hash, gets a hash of its own. The names of today's committed results have none.
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
    """Return a file name that no other text has."""
    if _SAFE.fullmatch(text) and not _ENDS_IN_HASH.search(text):
        return text
    return _hashed(text)


def method_folder(method: str, settings: Mapping[str, str]) -> str:
    """Return the name of a method's folder, which differs with its settings."""
    name = file_name(method)
    if not settings:
        return name
    spelled = json.dumps(dict(settings), sort_keys=True)
    return f"{name}-{_hash(spelled)[:8]}"


def task_folder(task: str, n_episodes: int | None) -> str:
    """Return the name of a task's folder, which differs with a number of episodes of its own."""
    if n_episodes is None and _ENDS_IN_EPISODES.search(task):
        return _hashed(task)
    return file_name(task) + ("" if n_episodes is None else f"-{n_episodes}-episodes")


def dataset_folder(dataset: DatasetId) -> str:
    """Return the name of a dataset's folder; two datasets of one path differ in their pixels."""
    plugin, colon, argument = dataset.name.partition(":")
    if not colon:
        return file_name(dataset.name)
    # the first dash is the colon, unless the plugin's name has dashes
    name = _hashed(dataset.name) if "-" in plugin else f"{file_name(plugin)}-{file_name(argument)}"
    return f"{name}-{dataset.fingerprint[:8]}"


def _hashed(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_@-]+", "-", text)[:80] + f"-{_hash(text)[:16]}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
