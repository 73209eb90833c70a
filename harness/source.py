"""A plugin's source: its file, and the files of its own package that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path


def source_hash(file: Path, module: str) -> str:
    """Return the sha256 of a plugin's code: when it changes, so may what the plugin answers.

    Args:
        file: where the plugin stands.
        module: its dotted name; a file given by hand is a module of its own folder.

    Files that it imports are found by reading, never by importing. Those of its top-level package
    count, or for a lone file those beside it; other people's packages have versions.
    """
    parts = module.split(".")
    root = file.parents[len(parts) - 1]
    found, waiting = {file}, [file]
    while waiting:
        for name in _imported(waiting.pop(), parts):
            path = _place(root, name, parts)
            if path is not None and path not in found:
                found.add(path)
                waiting.append(path)
    if found == {file}:
        return sha256(file.read_bytes()).hexdigest()
    digests = [sha256(path.read_bytes()).hexdigest() for path in sorted(found)]
    return sha256(" ".join(digests).encode()).hexdigest()


def _imported(file: Path, parts: list[str]) -> Iterator[str]:
    """Yield the dotted names that a file imports; of ``from a import b`` both a and a.b."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = parts[: len(parts) - node.level] if node.level else []
            base = ".".join([*package, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names)


def _place(root: Path, name: str, parts: list[str]) -> Path | None:
    """Return the file of a module, if it belongs to the plugin."""
    own = name.split(".")
    if len(parts) > 1 and own[0] != parts[0]:
        return None
    if len(parts) == 1 and len(own) > 1:
        return None
    path = root.joinpath(*own).with_suffix(".py")
    return path if path.is_file() else None
