from __future__ import annotations

import os
import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from harness import DataError
from tasks import file_tree
from tasks.file_tree import open_tree


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = ZipInfo("placeholder")
            entry.filename = entry.orig_filename = name  # as it stands, whatever the system
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as refused:
        tree = open_tree(path)
        for name in tree.names:
            tree.read(name)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_zip_and_a_folder_read_the_same(tmp_path: Path) -> None:
    files = {"b/c.txt": b"3", "a/b c.txt": b"2", "a-b/d.txt": b"1"}
    for name, data in files.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for tree in (open_tree(tmp_path / "folder"), open_tree(zipped(tmp_path / "z.zip", files))):
        assert tree.names == ["a/b c.txt", "a-b/d.txt", "b/c.txt"]
        assert [tree.read(name) for name in tree.names] == [b"2", b"1", b"3"]


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    files = {"a/.DS_Store": b"", "__MACOSX/a/._b.png": b"", ".git/x": b"", "a/b.png": b""}
    assert open_tree(zipped(tmp_path / "z.zip", files)).names == ["a/b.png"]


def test_a_truncated_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": b"x" * 1000, "b.png": b"y" * 1000})
    path.write_bytes(path.read_bytes()[:-40])
    assert refusal(path).startswith(f"{path} is not a readable zip (")


def test_a_damaged_entry_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": os.urandom(100)})
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    assert f"{path} is not a readable zip at a.png (" in refusal(path)


def test_an_encrypted_entry(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": b"x"})
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    path.write_bytes(data)
    assert "encrypted" in refusal(path)


def test_not_a_zip_and_not_there(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    assert f"{path} is not a readable zip" in refusal(path)
    path.write_bytes(b"<html>")
    assert f"{path} is not a readable zip (File is not a zip file)" in refusal(path)


@pytest.mark.parametrize(
    "name", ["../a.png", "a/../../b.png", "/etc/a.png", "..\\a.png", "C:/a.png", "C:\\a.png"]
)
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "z.zip", {"fine.png": b"", name: b""})
    assert f"{path} holds {name!r}, a name that leads out of it" in refusal(path)


def test_a_file_beyond_all_measure(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": bytes(65_537)})
    assert "a.png has 65,537 bytes; at most 65,536 are allowed" in refusal(path)


def test_a_file_larger_than_declared(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": bytes(10_000_000)})
    data = bytearray(path.read_bytes())
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(header) + offset, 100)
    path.write_bytes(data)
    assert "is not a readable zip at a.png (Bad CRC-32" in refusal(path)


def test_too_many_files_and_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "z.zip", {f"{number}.png": bytes(100) for number in range(5)})
    monkeypatch.setattr(file_tree, "MAX_TOTAL", 499)
    assert "unpacks to 500 bytes; at most 499 are allowed" in refusal(path)
    monkeypatch.setattr(file_tree, "MAX_FILES", 4)
    assert "holds 5 files; at most 4 are allowed" in refusal(path)


def test_a_name_twice(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.png": b"1", "b.png": b"2"})
    path.write_bytes(path.read_bytes().replace(b"b.png", b"a.png"))
    assert "holds a.png twice" in refusal(path)


def test_a_link_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "a.png"
    link.symlink_to(tmp_path / "secret.png")
    assert f"{link} is a link that leads out of" in refusal(tmp_path / "folder")
    link.unlink()
    link.symlink_to(tmp_path, target_is_directory=True)
    assert f"{link} is a link that leads out of" in refusal(tmp_path / "folder")


def test_a_linked_folder_is_refused_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "to_the_top").symlink_to(tmp_path)
    assert "to_the_top is a link to a folder, which is not followed" in refusal(tmp_path)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert f"{tmp_path} cannot be read (" in refusal(tmp_path)


def test_a_large_file_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(bytes(65_537))
    assert "a.png has 65,537 bytes; at most 65,536 are allowed" in refusal(tmp_path)
    assert len(open_tree(tmp_path, 100_000).read("a.png")) == 65_537
