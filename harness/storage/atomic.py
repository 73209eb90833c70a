"""The cache folder, and files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader, or a crash, sees all of it or nothing."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    # not tempfile's: its files are for their owner alone, and results are to be shared
    own = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with own.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        own.replace(path)
    except BaseException:
        own.unlink(missing_ok=True)
        raise


def cache_folder() -> Path:
    """Return the folder that everything downloaded or decoded is kept in: ONESHOT_CACHE, if set."""
    named = os.environ.get("ONESHOT_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("oneshot")
