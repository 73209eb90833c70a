from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import SealError
from harness.storage.sealed import NOTE, read_note, seal, unseal


def fill(text: str = "abc"):
    def write(folder: Path) -> None:
        (folder / "weights").write_text(text)

    return write


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    seal(tmp_path / "a", {"what": 1}, fill())
    return tmp_path / "a"


def test_what_was_sealed_comes_back(sealed: Path) -> None:
    assert read_note(sealed) == unseal(sealed) == {"what": 1}
    assert (sealed / "weights").read_text() == "abc"


def test_sealing_replaces_what_was_there(sealed: Path) -> None:
    seal(sealed, {"what": 2}, fill("new"))
    assert unseal(sealed) == {"what": 2}
    assert (sealed / "weights").read_text() == "new"
    assert [path.name for path in sealed.parent.iterdir()] == ["a"]


def test_a_fill_that_fails_leaves_what_was_there(sealed: Path) -> None:
    def broken(folder: Path) -> None:
        (folder / "weights").write_text("half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        seal(sealed, {"what": 2}, broken)
    assert unseal(sealed) == {"what": 1}
    assert [path.name for path in sealed.parent.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "weights").write_text("abd"), "weights is damaged"),
        (lambda folder: (folder / "weights").unlink(), "weights is missing"),
        (lambda folder: (folder / "more").write_text(""), "more is damaged or foreign"),
        (lambda folder: (folder / NOTE).write_text("{"), f"{NOTE} is missing or damaged"),
        (lambda folder: (folder / NOTE).write_text("[]"), f"{NOTE} is missing or damaged"),
        (lambda folder: (folder / NOTE).unlink(), f"{NOTE} is missing or damaged"),
    ],
)
def test_damage_is_refused_by_name(sealed: Path, spoil, message: str) -> None:
    spoil(sealed)
    with pytest.raises(SealError, match=message):
        unseal(sealed)
