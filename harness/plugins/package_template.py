"""The package with one method that ``oneshot new`` writes, ready to install.

Its files are in ``templates/package``. Their names and texts hold ``$name`` for the method's name,
``$module`` for the same as an identifier, ``$version`` for the harness's version, and ``$data``,
``$real_data``, ``$task``, ``$other_task`` and ``$baseline`` for names in
``harness.plugins.defaults``.
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
"""The ending of every template's name, so that no tool reads it as Python or TOML."""


def write_package(name: str, parent: Path) -> tuple[Path, ...]:
    """Write a package as the folder ``name`` in ``parent``, whole or not at all.

    Returns:
        Its files.

    Raises:
        UsageError: the name breaks a rule or exists, or the folder is not empty or cannot be
            written.
    """
    check_package_name(name, Plugins().listed("method"))
    folder = parent / name
    _check_free(folder)
    files = render(name)
    try:
        _write(files, folder)
    except OSError as failure:
        raise UsageError(
            f"{folder}: it cannot be written ({failure.strerror or failure}); name another folder "
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
        raise UsageError(f"{folder} is a file; name another folder with --folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} exists and is not empty; name another folder with --folder")


def _write(files: Mapping[Path, str], folder: Path) -> None:
    """Write the files beside the folder, then rename them into it."""
    own = Path(mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    try:
        new = own / "new"  # its permissions are the usual ones; mkdtemp's are the owner's alone
        for path, text in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_text(text, encoding="utf-8")
        new.rename(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)
