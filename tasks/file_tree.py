"""A zip or a folder of small files, read as names and bytes; nothing is unpacked to disk."""

from __future__ import annotations

import os
import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from harness import DataError

MAX_FILE = 64 * 1024
"""The default limit for one file, in bytes; Omniglot's largest has under 2,000."""
MAX_FILES = 200_000
MAX_TOTAL = 256 * 1024 * 1024
"""The limit for all files of a zip together, in bytes."""
BROKEN_ZIP = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""The errors of reading a damaged, encrypted or unusual zip."""


class FileTree(ABC):
    """The files of a zip or a folder.

    Attributes:
        path: the zip or folder.
        names: the files' names, relative, with forward slashes, sorted by their parts.
        max_file: the limit for one file, in bytes.
    """

    def __init__(self, path: Path, names: Iterable[str], max_file: int) -> None:
        self.path = path
        self.names = sorted(names, key=lambda name: name.split("/"))
        self.max_file = max_file

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            DataError: the file cannot be read, or is too large.
        """


def open_tree(path: Path, max_file: int = MAX_FILE) -> FileTree:
    """Open a zip or a folder.

    Raises:
        DataError: it is damaged, holds names or links that lead out of it, or exceeds a limit.
    """
    return _Folder(path, max_file) if path.is_dir() else _Zip(path, max_file)


class _Folder(FileTree):
    def __init__(self, path: Path, max_file: int) -> None:
        try:
            super().__init__(path, _walk(path, "", os.path.realpath(path)), max_file)
        except OSError as failure:
            raise _unreadable(path, failure) from failure

    def read(self, name: str) -> bytes:
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(self.max_file + 1)
        except OSError as failure:
            raise _unreadable(self.path / name, failure) from failure
        if len(data) > self.max_file:
            raise _too_large(self.path, name, (self.path / name).stat().st_size, self.max_file)
        return data


class _Zip(FileTree):
    def __init__(self, path: Path, max_file: int) -> None:
        try:
            self._zip = ZipFile(path)
        except (OSError, *BROKEN_ZIP) as failure:
            raise _damaged(path, failure) from failure
        self._entries = _checked(path, self._zip.infolist(), max_file)
        super().__init__(path, self._entries, max_file)

    def read(self, name: str) -> bytes:
        try:
            # zipfile reads no more than the declared size, which _checked has limited
            with self._zip.open(self._entries[name]) as file:
                return file.read()
        except (OSError, *BROKEN_ZIP) as failure:
            raise _damaged(self.path, failure, name) from failure


def _walk(folder: Path, prefix: str, root: str) -> Iterator[str]:
    """Yield the names of the files under a folder, except hidden ones."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink() and not _inside(os.path.realpath(entry.path), root):
                raise DataError(
                    f"{entry.path} is a link that leads out of {root}; replace it by the files "
                    "themselves"
                )
            if entry.is_symlink() and entry.is_dir():  # following it might never end
                raise DataError(
                    f"{entry.path} is a link to a folder, which is not followed; replace it by "
                    "the folder itself"
                )
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", root)
            elif entry.is_file():
                yield prefix + entry.name


def _inside(path: str, root: str) -> bool:
    return Path(path).is_relative_to(root)


def _checked(path: Path, entries: list[ZipInfo], max_file: int) -> dict[str, ZipInfo]:
    """Return the files of a zip by name, except hidden ones; refuse the zip if one is unsafe."""
    if len(entries) > MAX_FILES:
        raise DataError(f"{path} holds {len(entries):,} files; at most {MAX_FILES:,} are allowed")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise DataError(f"{path} unpacks to {total:,} bytes; at most {MAX_TOTAL:,} are allowed")
    files: dict[str, ZipInfo] = {}
    for entry in entries:
        name, parts = entry.filename, entry.filename.split("/")
        if _leads_out(entry):
            raise DataError(
                f"{path} holds {entry.orig_filename!r}, a name that leads out of it; do not "
                "trust it, and get another copy"
            )
        if entry.file_size > max_file:
            raise _too_large(path, name, entry.file_size, max_file)
        if entry.is_dir() or any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if name in files:
            raise DataError(f"{path} holds {name} twice; get another copy")
        files[name] = entry
    return files


def _leads_out(entry: ZipInfo) -> bool:
    # orig_filename: zipfile replaces backslashes in filename, but on Windows alone
    name = entry.orig_filename
    return ".." in name.split("/") or "\\" in name or bool(re.match(r"/|[A-Za-z]:", name))


def _too_large(path: Path, name: str, n_bytes: int, max_file: int) -> DataError:
    return DataError(
        f"{path}: {name} has {n_bytes:,} bytes; at most {max_file:,} are allowed: get another copy"
    )


def _unreadable(path: Path, failure: OSError) -> DataError:
    reason = failure.strerror or failure
    return DataError(f"{path} cannot be read ({reason}); check that it exists, and its permissions")


def _damaged(path: Path, failure: Exception, name: str = "") -> DataError:
    where = f" at {name}" if name else ""
    reason = " ".join(str(failure).split()) or type(failure).__name__
    return DataError(f"{path} is not a readable zip{where} ({reason}); get another copy")
