"""A package of one method, ready to install: what ``oneshot new`` writes.

The files stand in ``templates/package``, their names and their text with ``$name``, the
method's name, ``$module``, the same as an identifier, ``$version``, the harness's, and the
names in ``harness.plugins.defaults`` that its commands use.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from string import Template
from tempfile import mkdtemp

from harness.errors import UsageError
from harness.plugins.defaults import BASELINE, DRAWN_TASK, OTHER_TASK, REAL_DATA, SYNTHETIC_DATA
from harness.plugins.names import check_package_name, module_name
from harness.plugins.registry import Plugins
from harness.storage.sealed import UNFINISHED

TEMPLATES = Path(__file__).parent / "templates" / "package"
SUFFIX = ".template"
"""Ends every template's name, so that no tool takes it for what it will become."""


def write_package(name: str, parent: Path) -> tuple[Path, ...]:
    """Write a package as the folder ``name`` in ``parent``, whole or not at all.

    Returns:
        Its files.

    Raises:
        UsageError: the name would do harm, the folder is there already and not empty, or it
            cannot be written.
    """
    check_package_name(name, Plugins().listed("method"))
    folder = parent / name
    _check_free(folder)
    files = render(name)
    try:
        _write(files, folder)
    except OSError as failure:
        raise UsageError(
            f"{folder}: it cannot be written ({failure.strerror or failure}); name another place "
            "with --folder"
        ) from failure
    return tuple(folder / path for path in files)


def render(name: str) -> Mapping[Path, str]:
    """Return the text of each file of a package, by its path there."""
    values = {
        "name": name,
        "module": module_name(name),
        "version": version("oneshot-harness"),
        "data": SYNTHETIC_DATA,
        "real_data": REAL_DATA,
        "task": DRAWN_TASK,
        "other_task": OTHER_TASK,
        "baseline": BASELINE,
    }
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    return {
        Path(
            Template(str(path.relative_to(TEMPLATES)).removesuffix(SUFFIX)).substitute(values)
        ): Template(path.read_text(encoding="utf-8")).substitute(values)
        for path in templates
    }


def _check_free(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise UsageError(f"--folder {folder.parent}: there is no such folder; make it first")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name another place with --folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} is there already, and not empty; name another place with --folder"
        )


def _write(files: Mapping[Path, str], folder: Path) -> None:
    """Write the files beside the folder's place, then rename them into it."""
    own = Path(mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    try:
        new = own / "new"  # with the permissions of any folder; its parent is for nobody else
        for path, text in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(text, encoding="utf-8")
        new.rename(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)
