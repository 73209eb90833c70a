from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from harness.conformance.data_access import DataAccessLog
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins

data = Path(sys.argv[1])
log = DataAccessLog([data])
{act}
print(*log.accessed, sep="\\n")
"""


def accessed(act: str, data: Path) -> list[str]:
    """Return what is recorded of some code; it runs in a process of its own, as hooks stay."""
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
def test_an_opened_file_is_recorded(data: Path, act: str) -> None:
    assert accessed(act, data) == [str(data / "images.npy")]


@pytest.mark.parametrize(
    "act", ["open(data / 'reader.py')", "open(data.parent / 'my.txt', 'w')", "open(0)", "pass"]
)
def test_nothing_else_is_recorded(data: Path, act: str) -> None:
    assert accessed(act, data) == [""]


def test_oneshot_data_is_watched(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = f"open({str(data / 'images.npy')!r})"
    assert accessed(opening, tmp_path / "other") == [""]
    monkeypatch.setenv("ONESHOT_DATA", str(data))
    assert accessed(opening, tmp_path / "other") == [str(data / "images.npy")]


def test_a_dataset_loaded_by_name_is_recorded(data: Path) -> None:
    assert "the dataset sketch" in accessed("load_dataset('sketch', Plugins())", data)
    assert accessed("Plugins().method('l2-1nn')", data) == [""]
