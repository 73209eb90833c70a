from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from harness.conformance.access import Witness
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins

data = Path(sys.argv[1])
witness = Witness([data])
{act}
print(*witness.seen, sep="\\n")
"""


def seen(act: str, data: Path) -> list[str]:
    """What is noted of an act; the hook stays as long as its process, so it gets one."""
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{act}", act), str(data)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ended.stdout.split("\n")[:-1]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data, and a link to it."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "images.npy").write_bytes(b"some")
    (tmp_path / "data" / "reader.py").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    "act",
    [
        "open(data / 'images.npy')",
        "(data / 'images.npy').read_bytes()",
        "open(bytes(data / 'images.npy'), 'rb')",
        "import os; os.open(data / 'images.npy', os.O_RDONLY)",
        "import numpy; numpy.fromfile(data / 'images.npy')",
        "open(data.parent / 'link' / 'images.npy')",
        "import os; os.chdir(data); open('images.npy')",
    ],
)
def test_an_opened_file_is_noted(data: Path, act: str) -> None:
    assert seen(act, data) == [str(data / "images.npy")]


@pytest.mark.parametrize(
    "act", ["open(data / 'reader.py')", "open(data.parent / 'my.txt', 'w')", "open(0)", "pass"]
)
def test_anything_else_is_not(data: Path, act: str) -> None:
    assert seen(act, data) == [""]


def test_oneshot_data_is_watched(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = f"open({str(data / 'images.npy')!r})"
    assert seen(opening, tmp_path / "other") == [""]
    monkeypatch.setenv("ONESHOT_DATA", str(data))
    assert seen(opening, tmp_path / "other") == [str(data / "images.npy")]


def test_a_dataset_that_is_asked_for_by_name_is_noted(data: Path) -> None:
    assert "the dataset sketch" in seen("load_dataset('sketch', Plugins())", data)
    assert seen("Plugins().method('l2-1nn')", data) == [""]
