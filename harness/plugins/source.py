"""A plugin's source: its file, and the files of its own package that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

_PARSING = Lock()
"""Python 3.11 counts the depth of what it parses for all threads together, and may fail."""


@dataclass(frozen=True, kw_only=True)
class _Module:
    """A module by name and place."""

    name: tuple[str, ...]
    file: Path

    @property
    def package(self) -> tuple[str, ...]:
        """The package that its relative imports start from."""
        return self.name if self.file.name == "__init__.py" else self.name[:-1]


def source_hash(file: Path, module: str) -> str:
    """Return the sha256 of a plugin's code: when it changes, so may what the plugin answers.

    Args:
        file: where the plugin stands.
        module: its dotted name; a file given by hand is a module of its own folder.

    Files that it imports are found by reading, never by importing. Those of its top-level package
    count, or for a lone file those beside it; other people's packages have versions.
    """
    plugin = _Module(name=tuple(module.split(".")), file=file)
    depth = len(plugin.name) - (file.name != "__init__.py")
    root = file.parents[depth]
    found, waiting = {file}, [plugin]
    while waiting:
        reading = waiting.pop()
        for name in _imported(reading):
            if len(plugin.name) > 1 and name[:1] != plugin.name[:1]:
                continue  # another package
            for part in _modules(root, name):
                if part.file not in found:
                    found.add(part.file)
                    waiting.append(part)
    if found == {file}:
        return sha256(file.read_bytes()).hexdigest()
    digests = [sha256(path.read_bytes()).hexdigest() for path in sorted(found)]
    return sha256(" ".join(digests).encode()).hexdigest()


def _imported(module: _Module) -> Iterator[tuple[str, ...]]:
    """Yield the names that a module imports, split at dots; of ``from a import b`` a and a.b."""
    with _PARSING:
        tree = ast.parse(module.file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                package = module.package
                base = package[: len(package) - node.level + 1] + base
            yield from (base, *((*base, alias.name) for alias in node.names))


def _modules(root: Path, name: tuple[str, ...]) -> Iterator[_Module]:
    """Yield the module of a name and the packages that importing it runs, as far as they exist."""
    for length in range(1, len(name) + 1):
        place = root.joinpath(*name[:length])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                yield _Module(name=name[:length], file=file)
