"""The name of a package that holds a method: which names would do harm, and why."""

from __future__ import annotations

import keyword
import re
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from harness.errors import UsageError
from harness.plugins.registry import PEOPLE, Plugins

LONGEST = 40
"""Characters: it heads a row of the leaderboard."""
READ_BY_OTHERS = {"setup": "setuptools", "conftest": "pytest"}
"""Modules that a tool runs when it finds them at the top of a package's folder."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def module_name(name: str) -> str:
    """Return the module of a plugin: the plugin's name, which may have dashes, as an identifier."""
    return name.replace("-", "_")


def check_package_name(name: str) -> None:
    """Refuse a name that cannot be a distribution, a module and a method all at once.

    Raises:
        UsageError: it is spelt wrongly, or taken by what is installed here.
    """
    if not _is_spelt_well(name):
        raise UsageError(
            f"{name!r} is no name for a package: write lower-case letters, digits and single "
            f"dashes, a letter first, at most {LONGEST} characters; {_hint(name)}"
        )
    reason = _taken(name)
    if reason is not None:
        raise UsageError(f"{name} is no name for a package: {reason}; choose another")


def _hint(name: str) -> str:
    """Return what a name may have meant, spelt well, where nothing else speaks against it."""
    dashed = re.sub(r"[^a-z0-9]+", "-", name.lower())
    mended = dashed.lstrip("-0123456789")[:LONGEST].rstrip("-")
    fine = _is_spelt_well(mended) and _taken(mended) is None
    return f"try {mended}" if fine else "choose another"


def _is_spelt_well(name: str) -> bool:
    return len(name) <= LONGEST and _NAME.fullmatch(name) is not None


def _taken(name: str) -> str | None:
    """Say what a well-spelt name would collide with, if anything."""
    module = module_name(name)
    if keyword.iskeyword(module):
        return "it is a word of the language, and no module can be called so"
    if module in READ_BY_OTHERS:
        return f"{READ_BY_OTHERS[module]} would run {module}.py as its own"
    if name == PEOPLE:
        return "it is what people's records are of"
    methods = Plugins().listed("method")
    if name in methods:
        return f"a method of that name comes with {methods[name][0].origin}"
    with suppress(PackageNotFoundError):
        installed = distribution(name)
        return f"{installed.name} {installed.version} is installed, and would be replaced"
    place = "Python's own" if module in sys.stdlib_module_names else _place(module)
    return None if place is None else f"it would hide the module {module} ({place})"


def _place(module: str) -> str | None:
    """Return where a module of that name would be imported from, if there is one."""
    found = find_spec(module)
    if found is None:
        return None
    if found.origin is not None:
        return found.origin
    # a folder without __init__.py is a package too, unless it is empty
    folders = found.submodule_search_locations or ()
    return next((folder for folder in folders if any(Path(folder).iterdir())), None)
