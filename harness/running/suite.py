"""Suites: named sets of methods, tasks and seeds on one dataset, here or in anyone's file."""

from __future__ import annotations

from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.running.suite_file import Suite, parse_suite

_FOLDER = Path(__file__).parent / "suites"
SUFFIX = ".toml"


def suite_names() -> tuple[str, ...]:
    """Return the names of all suites."""
    return tuple(sorted(file.stem for file in _FOLDER.glob(f"*{SUFFIX}")))


def load_suite(name: str) -> Suite:
    """Read a suite by name, or from a file whose name ends in ``.toml``.

    Raises:
        UsageError: there is none of that name, or its file is wrong; told with the line.
    """
    if name.endswith(SUFFIX):
        return parse_suite(_content(Path(name)), name)
    if name not in suite_names():
        raise UsageError(
            f"no suite is called {name}; {did_you_mean(name, suite_names())}, or a file that ends "
            f"in {SUFFIX}"
        )
    return parse_suite(_content(_FOLDER / f"{name}{SUFFIX}"), f"{name}{SUFFIX}")


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise UsageError(
            f"suite {file} cannot be read ({getattr(failure, 'strerror', None) or failure}); name "
            "one of oneshot list, or a file"
        ) from failure
