"""Names of plugins, and of packages that hold one: the rules, and what is refused."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from harness.errors import PluginError, UsageError

PEOPLE = "human"
"""The method of people's records; no plugin may have this name."""
LONGEST = 40
"""Characters of a new package's name, since it is the first cell of a leaderboard's row."""

_PLUGIN = re.compile(r"[a-z0-9][a-z0-9-]*")
_PACKAGE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def check_plugin_name(kind: str, name: object, origin: str) -> None:
    """Refuse the name of a plugin that the command line or a results folder cannot hold.

    Args:
        kind: ``method``, ``task`` or ``dataset``.
        name: the name.
        origin: where the plugin comes from.

    Raises:
        PluginError: the name breaks the rule, or is that of people's records.
    """
    if not isinstance(name, str) or not _PLUGIN.fullmatch(name):
        raise PluginError(
            f"{origin}: the {kind} name {name!r} is not made of lower-case letters, digits and "
            "dashes with no dash first; rename it"
        )
    if (kind, name) == ("method", PEOPLE):
        raise PluginError(f"{origin}: {PEOPLE} is the method of people's records; rename it")


def module_name(name: str) -> str:
    """Return a plugin's name as an identifier: the name of its module."""
    return name.replace("-", "_")


def check_package_name(name: str, methods: Iterable[str]) -> None:
    """Refuse a name that cannot be a distribution, a module and a method all at once.

    Args:
        name: the name of the package.
        methods: the methods that exist.

    Raises:
        UsageError: the name breaks the rule, or something of that name exists.
    """
    if len(name) > LONGEST or not _PACKAGE.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a package: write lower-case letters, digits and single "
            f"dashes, a letter first, at most {LONGEST} characters"
        )
    taken_by = _existing(name, methods)
    if taken_by is not None:
        raise UsageError(f"{name} is no name for a package: {taken_by}; choose another")


def _existing(name: str, methods: Iterable[str]) -> str | None:
    """Say what has a name already, if anything."""
    module = module_name(name)
    if keyword.iskeyword(module):
        return "it is a keyword of Python"
    if name in {PEOPLE, *methods}:
        return "a method of that name exists"
    with suppress(PackageNotFoundError):
        return f"{distribution(name).name} is installed"
    if module in sys.stdlib_module_names or _is_importable(module):
        return f"it would hide the module {module}"
    return None


def _is_importable(module: str) -> bool:
    found = find_spec(module)
    if found is None or found.origin is not None:
        return found is not None
    # any folder on the path is a package without __init__.py; an empty one hides nothing
    folders = found.submodule_search_locations or ()
    return any(any(Path(folder).iterdir()) for folder in folders)
