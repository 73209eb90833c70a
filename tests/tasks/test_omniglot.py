from __future__ import annotations

import shutil
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from harness import DataError, Dataset, UsageError
from tasks import omniglot
from tasks.omniglot_copy import find_copy


def load(tiny: Any, folder: Path | None = None) -> Dataset:
    return omniglot.load_copy(find_copy(folder or tiny.folder), tiny.edition)


def refusal(tiny: Any, folder: Path | None = None) -> str:
    with pytest.raises(DataError) as refused:
        load(tiny, folder)
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_zips_and_folders_give_the_same_dataset(tiny_omniglot: Any) -> None:
    unpacked, packed = load(tiny_omniglot), load(tiny_omniglot, tiny_omniglot.zipped())
    assert unpacked.fingerprint == packed.fingerprint
    assert unpacked.evaluation.classes == packed.evaluation.classes
    assert unpacked.runs is not None and packed.runs is not None
    assert (unpacked.runs.support == packed.runs.support).all()


def test_labels_come_from_the_names(tiny_omniglot: Any) -> None:
    split = load(tiny_omniglot).evaluation
    assert split.groups == ("Ogham", "Runic")
    assert split.classes == tuple(
        f"{alphabet}/character{number:02d}" for alphabet in split.groups for number in (1, 2, 3)
    )
    assert split.label.tolist() == np.repeat(range(6), 4).tolist()
    assert split.source.tolist() == [0, 1, 2, 3] * 6
    assert split.group.tolist() == [0, 0, 0, 1, 1, 1]


def test_runs_are_found_among_the_evaluation_images(tiny_omniglot: Any) -> None:
    dataset = load(tiny_omniglot)
    runs, split = dataset.runs, dataset.evaluation
    assert runs is not None
    assert split.source[runs.support].tolist() == [[0, 0, 0], [3, 3, 3]]
    assert split.source[runs.query].tolist() == [[1, 1, 1], [2, 2, 2]]
    shown = np.take_along_axis(runs.support, runs.truth, axis=1)
    assert (split.label[shown] == split.label[runs.query]).all()


def test_runs_are_found_directly_and_where_upstream_has_them(tiny_omniglot: Any) -> None:
    packed, folder = tiny_omniglot.zipped(), tiny_omniglot.folder
    (packed / "one-shot-classification").mkdir()
    (packed / "all_runs.zip").rename(packed / "one-shot-classification" / "all_runs.zip")
    assert load(tiny_omniglot, packed).runs is not None
    for run in ("run01", "run02"):
        (folder / "all_runs" / run).rename(folder / run)
    (folder / "all_runs").rmdir()
    assert load(tiny_omniglot).runs is not None


def test_without_runs_there_are_none(tiny_omniglot: Any) -> None:
    shutil.rmtree(tiny_omniglot.folder / "all_runs")
    assert load(tiny_omniglot).runs is None


def test_a_second_load_reads_no_drawing(
    tiny_omniglot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(tiny_omniglot)
    monkeypatch.setattr(omniglot, "read_omniglot", None)
    assert load(tiny_omniglot).fingerprint == first.fingerprint


def test_a_changed_copy_is_verified_again(tiny_omniglot: Any) -> None:
    packed = tiny_omniglot.zipped()
    load(tiny_omniglot, packed)
    path = packed / "images_evaluation.zip"
    path.write_bytes(path.read_bytes()[:-30])
    assert "is not a readable zip" in refusal(tiny_omniglot, packed)


def test_a_changed_folder_is_verified_again(tiny_omniglot: Any) -> None:
    load(tiny_omniglot)
    tiny_omniglot.drawing("images_background/Greek/character02/*_03.png").unlink()
    assert refusal(tiny_omniglot).startswith(
        f"{tiny_omniglot.folder / 'images_background'}: drawer 03 of Greek/character02 is "
        "missing; 3 of 4 drawings are found; "
    )


def test_a_missing_alphabet_is_named(tiny_omniglot: Any) -> None:
    shutil.rmtree(tiny_omniglot.folder / "images_evaluation" / "Runic")
    assert "the alphabet Runic is missing; 1 of 2 are found; " in refusal(tiny_omniglot)


def test_a_missing_character_is_named(tiny_omniglot: Any) -> None:
    shutil.rmtree(tiny_omniglot.folder / "images_evaluation" / "Runic" / "character02")
    assert "the character Runic/character02 is missing; 5 of 6 are" in refusal(tiny_omniglot)


def test_an_unknown_alphabet_is_named(tiny_omniglot: Any) -> None:
    folder = tiny_omniglot.folder / "images_background"
    shutil.copytree(folder / "Greek", folder / "Klingon")
    assert "the alphabet Klingon is not one of Omniglot's" in refusal(tiny_omniglot)


def test_a_drawing_too_many_is_named(tiny_omniglot: Any) -> None:
    path = tiny_omniglot.drawing("images_background/Latin/character01/*_04.png")
    shutil.copy(path, path.with_name("0001_05.png"))
    assert "Latin/character01 has 5 drawings, not 4" in refusal(tiny_omniglot)


def test_other_pixels_are_named_by_character(tiny_omniglot: Any) -> None:
    path = tiny_omniglot.drawing("images_evaluation/Ogham/character03/*_02.png")
    shutil.copy(tiny_omniglot.drawing("images_evaluation/Ogham/character03/*_01.png"), path)
    assert "the character Ogham/character03 differs from Omniglot's; " in refusal(tiny_omniglot)


def test_another_size_is_named(tiny_omniglot: Any) -> None:
    path = tiny_omniglot.drawing("images_evaluation/Ogham/character03/*_02.png")
    path.write_bytes(_blank(28, 28))
    assert "Ogham/character03/0003_02.png is 28 x 28 pixels; all must be 9 x 11" in refusal(
        tiny_omniglot
    )


def test_a_file_that_is_no_png_is_named(tiny_omniglot: Any) -> None:
    path = tiny_omniglot.drawing("images_evaluation/Ogham/character03/*_02.png")
    path.write_bytes(b"GIF89a")
    assert "Ogham/character03/0003_02.png is not a PNG" in refusal(tiny_omniglot)


@pytest.mark.parametrize("swapped", [("item01", "item02"), ("class01", "class02")])
def test_a_changed_run_is_named(tiny_omniglot: Any, swapped: tuple[str, str]) -> None:
    one, other = (tiny_omniglot.drawing(f"all_runs/run02/*/{name}.png") for name in swapped)
    shutil.copy(other, one)
    assert "run02 differs from Omniglot's" in refusal(tiny_omniglot)


def test_an_incomplete_run_is_named(tiny_omniglot: Any) -> None:
    tiny_omniglot.drawing("all_runs/run02/test/item03.png").unlink()
    assert "run02/test/item03.png, which run02/class_labels.txt names, is missing" in refusal(
        tiny_omniglot
    )
    shutil.rmtree(tiny_omniglot.folder / "all_runs" / "run02")
    assert "1 of 2 runs are found" in refusal(tiny_omniglot)


def test_what_is_imported_is_what_load_returns(tiny_omniglot: Any) -> None:
    packed = tiny_omniglot.zipped()
    imported = omniglot.import_omniglot(packed / "images_background.zip", tiny_omniglot.edition)
    shutil.rmtree(packed)
    assert omniglot.load().fingerprint == imported.fingerprint


def test_a_refused_import_loses_nothing(tiny_omniglot: Any) -> None:
    imported = omniglot.import_omniglot(tiny_omniglot.folder, tiny_omniglot.edition)
    shutil.rmtree(tiny_omniglot.folder / "images_background" / "Greek")
    with pytest.raises(DataError, match="the alphabet Greek is missing"):
        omniglot.import_omniglot(tiny_omniglot.folder, tiny_omniglot.edition)
    assert omniglot.load().fingerprint == imported.fingerprint


def test_importing_again_brings_what_was_missing(tiny_omniglot: Any) -> None:
    runs = tiny_omniglot.folder / "all_runs"
    runs.rename(runs.with_name("elsewhere"))
    assert omniglot.import_omniglot(tiny_omniglot.folder, tiny_omniglot.edition).runs is None
    runs.with_name("elsewhere").rename(runs)
    omniglot.import_omniglot(tiny_omniglot.folder, tiny_omniglot.edition)
    assert omniglot.load().runs is not None


def test_a_part_missing_is_named(tiny_omniglot: Any) -> None:
    shutil.rmtree(tiny_omniglot.folder / "images_evaluation")
    with pytest.raises(DataError, match=r"evaluation.zip and images_evaluation/ are missing"):
        find_copy(tiny_omniglot.folder)


def test_nothing_there_says_what_to_type(tiny_omniglot: Any) -> None:
    with pytest.raises(DataError, match="type: oneshot data download, or: oneshot data import"):
        omniglot.load()


def test_a_wrong_setting_is_never_passed_over(
    tiny_omniglot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    omniglot.import_omniglot(tiny_omniglot.folder, tiny_omniglot.edition)
    wrong = tiny_omniglot.folder / "nowhere"
    monkeypatch.setenv("ONESHOT_DATA", str(wrong))
    with pytest.raises(DataError, match=f"ONESHOT_DATA is set to {wrong}: there is no such file"):
        omniglot.load()


def test_a_name_has_nothing_after_it() -> None:
    with pytest.raises(UsageError, match="omniglot takes no argument"):
        omniglot.load("somewhere")


def test_a_tiny_copy_is_not_the_real_one(tiny_omniglot: Any) -> None:
    with pytest.raises(DataError, match="the alphabet Alphabet_of_the_Magi is missing"):
        omniglot.import_omniglot(tiny_omniglot.folder)


@pytest.mark.real
def test_the_real_omniglot_is_whole(omniglot: Dataset) -> None:
    splits = (omniglot.background, omniglot.evaluation)
    assert [len(split.groups) for split in splits] == [30, 20]
    assert [len(split.classes) for split in splits] == [964, 659]
    assert [len(split.images) for split in splits] == [19280, 13180]
    assert [split.images.digest for split in splits] == [
        "fa99ab70a348e2f9f02e33f6c9beb789eb1241418acf7ebc2f703301815bf452",
        "5bdcd30aa88e9096667576ae13f63e07dfe325d8711bf643359338d5dcd36144",
    ]
    assert omniglot.runs is not None and omniglot.runs.query.shape == (20, 20)


@pytest.mark.real
def test_the_two_equal_drawings_of_braille_are_there(omniglot: Dataset) -> None:
    split = (
        omniglot.background if "Braille" in omniglot.background.groups else (omniglot.evaluation)
    )
    rows = split.rows_of_class[split.classes.index("Braille/character01")]
    assert (split.images.packed[rows[2]] == split.images.packed[rows[18]]).all()


@pytest.mark.alone
@pytest.mark.real
def test_a_later_load_is_quick(omniglot: Dataset) -> None:
    from tasks.omniglot import load

    seconds = []
    for _ in range(5):
        start = perf_counter()
        load()
        seconds.append(perf_counter() - start)
    assert min(seconds) <= 0.2


def _blank(height: int, width: int) -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("1", (width, height), 1).save(file, "PNG")
    return file.getvalue()
