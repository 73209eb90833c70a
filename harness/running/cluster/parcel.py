"""A folder of files as one value that travels: a dataset, or a fitted model."""

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


def unpack(parcel: bytes, folder: Path) -> None:
    """Write what ``pack`` took into a new folder.

    Raises:
        OSError: it cannot be written, or the disk is full.
    """
    folder.mkdir()
    with ZipFile(BytesIO(parcel)) as files:
        files.extractall(folder)
