from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness import Dataset, DatasetSpec, UsageError, cached
from harness.commands.data import data
from harness.plugins.registry import Plugins


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def asked(tiny: Dataset, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the datasets ``omniglot`` and ``bare`` are asked for, instead of doing it."""
    asked: list[object] = []

    def download() -> Dataset:
        asked.append("download")
        return tiny

    def import_(path: Path) -> Dataset:
        asked.append(path)
        return tiny

    specs = {
        "omniglot": DatasetSpec(
            name="omniglot", load=lambda _: tiny, download=download, import_=import_
        ),
        "bare": DatasetSpec(name="bare", load=lambda _: tiny),
    }
    monkeypatch.setattr(Plugins, "dataset", lambda _, name: specs[name])
    return asked


def run(*arguments: str) -> Result:
    return CliRunner().invoke(data, list(arguments), catch_exceptions=False)


def test_status_of_nothing(cache: Path) -> None:
    assert run("status").output.splitlines() == [
        f"cache         {cache}",
        "ONESHOT_DATA  not set",
        "omniglot      not stored",
        "sketch        not stored",
    ]
    assert run().output == run("status").output, "status is what is meant without a verb"


def test_status_of_something(cache: Path, tiny: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONESHOT_DATA", "somewhere")
    cached("tiny-1", lambda: tiny)
    lines = run("status").output.splitlines()
    assert lines[1] == "ONESHOT_DATA  somewhere  (no such folder)"
    assert lines[2].split() == ["tiny", "0.0", "MB", str(cache / "datasets" / "tiny-1")]
    listing = json.loads(run("status", "--json").output)
    assert listing["ONESHOT_DATA"] == "somewhere"
    (entry,) = listing["stored"]
    assert entry["dataset"] == "tiny" and entry["bytes"] > 1000


def test_download_and_import_are_the_plugins_own(cache: Path, asked: list[object]) -> None:
    expected = (
        f"tiny: 30 + 30 classes, 240 images, no official runs; verified, and stored in {cache}\n"
    )
    assert run("download").output == expected
    assert run("import", "some/path").output == expected
    assert asked == ["download", Path("some/path")]


@pytest.mark.parametrize("verb", [("download",), ("import", "path")])
def test_a_dataset_without_that_verb_says_so(asked: list[object], verb: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"--data bare: it cannot be (down|im)"):
        run(*verb, "--data", "bare")


def test_a_plugin_file_brings_its_own(
    plugin_file: Callable[..., Path], cache: Path, tmp_path: Path
) -> None:
    path = plugin_file(
        "from harness import DataError, DatasetSpec, hookimpl\n"
        "def refuse(*_):\n    raise DataError('mine: asked')\n"
        "@hookimpl\ndef oneshot_dataset():\n"
        "    return DatasetSpec(name='mine', load=refuse, download=refuse)\n"
    )
    from harness import DataError

    with pytest.raises(DataError, match="mine: asked"):
        run("download", "--data", "mine", "--plugin", str(path))


def test_clear_says_what_it_freed(cache: Path, tiny: Dataset) -> None:
    cached("tiny-1", lambda: tiny)
    half = cache / "downloads" / "omniglot" / "half.zip"
    half.parent.mkdir(parents=True)
    half.write_bytes(bytes(3_000_000))
    assert run("clear").output == f"{cache}: 3.0 MB removed\n"
    assert not half.exists()
    assert run("clear").output == f"{cache}: 0.0 MB removed\n"
