"""A zip or a folder of small files, read as names and bytes; nothing is ever unpacked to disk."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from harness import DataError

MAX_FILE = 64 * 1024
"""Bytes of one file; Omniglot's largest has under 2,000."""
MAX_FILES = 200_000
MAX_TOTAL = 256 * 1024 * 1024
BROKEN_ZIP = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What reading a damaged, encrypted or unusual zip raises."""


class FileTree:
    """The files of one zip or folder.

    Attributes:
        path: the zip or folder.
        names: the files' names, relative, with forward slashes, sorted by their parts.
    """

    def __init__(self, path: Path, names: Mapping[str, object]) -> None:
        self.path = path
        self.names = sorted(names, key=lambda name: name.split("/"))

    def read(self, name: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DataError: it cannot be read, or is too large.
        """
        raise NotImplementedError


class _Folder(FileTree):
    def __init__(self, path: Path) -> None:
        super().__init__(path, dict.fromkeys(_walk(path, "", path.resolve())))

    def read(self, name: str) -> bytes:
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as failure:
            raise DataError(
                f"{self.path / name} cannot be read: {failure.strerror or failure}"
            ) from failure
        if len(data) > MAX_FILE:
            raise _too_large(self.path, name, (self.path / name).stat().st_size)
        return data


class _Zip(FileTree):
    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
        except (OSError, *BROKEN_ZIP) as failure:
            raise _damaged(path, failure) from failure
        self._entries = _checked(path, self._zip.infolist())
        super().__init__(path, self._entries)

    def read(self, name: str) -> bytes:
        try:
            # no more than the declared size, which _checked bounds, is ever unpacked
            with self._zip.open(self._entries[name]) as file:
                return file.read()
        except (OSError, *BROKEN_ZIP) as failure:
            raise _damaged(self.path, failure, name) from failure


def open_tree(path: Path) -> FileTree:
    """Open a zip or a folder.

    Raises:
        DataError: it is damaged, or holds what no such archive should: names that lead out of
            it, links, files or numbers of files beyond all measure.
    """
    return _Folder(path) if path.is_dir() else _Zip(path)


def _walk(folder: Path, prefix: str, root: Path) -> Iterator[str]:
    """Yield the names of the files under a folder, hidden ones left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                raise DataError(
                    f"{entry.path} is a link that leads out of {root}; put the files themselves "
                    "there"
                )
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", root)
            elif entry.is_file():
                yield prefix + entry.name


def _checked(path: Path, entries: list[ZipInfo]) -> dict[str, ZipInfo]:
    """Return the files of a zip by name, hidden ones left out, once all are found harmless."""
    if len(entries) > MAX_FILES:
        raise DataError(f"{path} holds {len(entries):,} files; at most {MAX_FILES:,} are read")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise DataError(f"{path} unpacks to {total:,} bytes; at most {MAX_TOTAL:,} are read")
    files: dict[str, ZipInfo] = {}
    for entry in entries:
        name = entry.filename
        parts = name.split("/")
        # zipfile turns backslashes into slashes on Windows alone: look at the name as stored
        if ".." in parts or re.match(r"/|[A-Za-z]:", name) or "\\" in entry.orig_filename:
            raise DataError(
                f"{path} holds {entry.orig_filename!r}, a name that leads out of it; it is not "
                "to be trusted: get another copy"
            )
        if entry.file_size > MAX_FILE:
            raise _too_large(path, name, entry.file_size)
        if entry.is_dir() or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if name in files:
            raise DataError(f"{path} holds {name} twice; get another copy")
        files[name] = entry
    return files


def _too_large(path: Path, name: str, n_bytes: int) -> DataError:
    return DataError(f"{path}: {name} has {n_bytes:,} bytes; at most {MAX_FILE:,} are read")


def _damaged(path: Path, failure: Exception, name: str = "") -> DataError:
    where = f" at {name}" if name else ""
    reason = " ".join(str(failure).split()) or type(failure).__name__
    return DataError(f"{path} is not a readable zip{where} ({reason}); get another copy")
