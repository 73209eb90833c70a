"""A folder's files as one archive in memory, to send them through a cluster."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile


def pack(folder: Path) -> bytes:
    """Return a folder's files as one archive; bit-packed images and weights shrink no further."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_STORED) as files:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.write(path, path.relative_to(folder).as_posix())
    return archive.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files that ``pack`` read into a new folder.

    Raises:
        OSError: a file cannot be written, or the disk is full.
        BadZipFile: the archive is damaged.
    """
    folder.mkdir()
    with ZipFile(BytesIO(archive)) as files:
        files.extractall(folder)
