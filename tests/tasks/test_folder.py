from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness import DataError
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from tasks import folder


@pytest.fixture(autouse=True)
def drawings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two alphabets of two characters in each split; character c has c + 1 drawings."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for split in folder.SPLITS:
        for group in ("Greek", "Latin"):
            for label in (1, 2):
                place = tmp_path / "mine" / split / group / f"c{label}"
                place.mkdir(parents=True)
                for source in range(label + 1):
                    grey = np.where(rng.random((6, 7)) < 0.3, 20, 240).astype(np.uint8)
                    Image.fromarray(grey).save(place / f"by_{source}.png")
    return tmp_path / "mine"


def refusal(argument: object) -> str:
    with pytest.raises(DataError) as refused:
        folder.load(str(argument))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_labels_come_from_the_folders(drawings: Path) -> None:
    dataset = load_dataset(f"folder:{drawings}", Plugins())
    assert (dataset.name, dataset.synthetic, dataset.runs) == ("folder:mine", False, None)
    for split in (dataset.background, dataset.evaluation):
        assert split.groups == ("Greek", "Latin")
        assert split.classes == ("Greek/c1", "Greek/c2", "Latin/c1", "Latin/c2")
        assert split.label.tolist() == [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
        assert split.source.tolist() == [0, 1, 0, 1, 2, 0, 1, 0, 1, 2]
        assert split.group.tolist() == [0, 0, 1, 1]


def test_pixels_stand_with_their_labels(drawings: Path) -> None:
    split = folder.load(str(drawings)).evaluation
    with Image.open(drawings / "evaluation" / "Latin" / "c2" / "by_1.png") as image:
        expected = np.asarray(image) < 128
    row = split.rows_of_class[split.classes.index("Latin/c2"), 1]
    assert (split.images.ink(row) == expected).all()


def test_a_second_load_reads_no_drawing(drawings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder.load(str(drawings))
    monkeypatch.setattr(folder, "read_folder", None)
    assert folder.load(str(drawings)).fingerprint == first.fingerprint


def test_a_changed_drawing_is_read_again(drawings: Path) -> None:
    first = folder.load(str(drawings))
    path = drawings / "evaluation" / "Latin" / "c2" / "by_1.png"
    Image.new("L", (7, 6), 255).save(path)
    os.utime(path, ns=(1, 1))
    assert folder.load(str(drawings)).fingerprint != first.fingerprint


def test_no_path_and_no_folder(tmp_path: Path) -> None:
    assert refusal("").startswith("folder: no path is given; write folder:PATH")
    assert f"folder:{tmp_path / 'x'}: there is no such folder" in refusal(tmp_path / "x")


def test_a_missing_split(drawings: Path) -> None:
    shutil.rmtree(drawings / "evaluation")
    assert f"{drawings}: evaluation/ holds no PNG; images are split/group/class/" in refusal(
        drawings
    )


def test_too_few_characters(drawings: Path) -> None:
    shutil.rmtree(drawings / "background" / "Greek")
    shutil.rmtree(drawings / "background" / "Latin" / "c1")
    assert "background/ has 1 class; at least 2 are needed" in refusal(drawings)


def test_too_few_drawings(drawings: Path) -> None:
    (drawings / "background" / "Greek" / "c1" / "by_0.png").unlink()
    assert "background/Greek/c1 has 1 image; at least 2 are needed" in refusal(drawings)


def test_another_size_names_both(drawings: Path) -> None:
    Image.new("L", (8, 6), 255).save(drawings / "evaluation" / "Greek" / "c1" / "by_1.png")
    assert (
        "evaluation/Greek/c1/by_1.png is 6 x 8 pixels; background/Greek/c1/by_0.png is 6 x 7"
        in refusal(drawings)
    )


def test_an_unreadable_png(drawings: Path) -> None:
    (drawings / "evaluation" / "Greek" / "c1" / "by_1.png").write_bytes(b"nothing")
    assert "evaluation/Greek/c1/by_1.png is not a PNG" in refusal(drawings)


def test_other_formats_are_not_passed_over(drawings: Path) -> None:
    (drawings / "evaluation" / "Greek" / "c1" / "by_2.JPG").write_bytes(b"")
    assert "by_2.JPG is not a PNG; convert or remove it" in refusal(drawings)


def test_other_depths_are_not_passed_over(drawings: Path) -> None:
    shutil.copy(
        drawings / "evaluation" / "Greek" / "c1" / "by_1.png", drawings / "evaluation" / "x.png"
    )
    assert "evaluation/x.png is at the wrong depth" in refusal(drawings)


def test_light_ink_on_dark_paper(drawings: Path) -> None:
    for path in drawings.rglob("*.png"):
        Image.new("L", (7, 6), 0).save(path)
    assert "100 % of all pixels are ink; images must be dark on light paper" in refusal(drawings)
