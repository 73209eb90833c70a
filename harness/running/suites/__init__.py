"""The suites that come with the harness: a file each, listed without reading any."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
SUFFIX = ".toml"


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites that come with the harness."""
    return tuple(sorted(file.stem for file in FOLDER.glob(f"*{SUFFIX}")))
