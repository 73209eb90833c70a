from __future__ import annotations

from pathlib import Path

from harness.protocol.dataset import DatasetId
from harness.protocol.file_names import dataset_folder, file_name, method_folder, task_folder

CONFUSABLE = [
    "a b", "a-b", "a/b", "a.b", "a:b", "a-b-0123abcd", "a-b-0123456789abcdef", "..", ".", "a--b",
    "A-b", "a b-0123abcd", file_name("a b"), file_name("a/b"), "a" * 300, "a" * 301,
]  # fmt: skip


def folder_of(name: str, fingerprint: str = "0123456789") -> str:
    return dataset_folder(DatasetId(name=name, fingerprint=fingerprint, synthetic=False))


def test_two_texts_never_share_a_file_name() -> None:
    assert len({file_name(text) for text in CONFUSABLE}) == len(set(CONFUSABLE))


def test_a_file_name_is_one(tmp_path: Path) -> None:
    for text in CONFUSABLE:
        (tmp_path / file_name(text)).touch(exist_ok=False)
    assert len(list(tmp_path.iterdir())) == len(CONFUSABLE)


def test_names_of_committed_results_stay_as_they_are() -> None:
    for name in ("omniglot", "omniglot@validation", "l2-1nn", "lake-400", "across-20w1s"):
        assert file_name(name) == name
    paper = {
        "preset": "paper", "optimizer": "adam", "steps": "3000", "classes": "32",
        "precision": "bfloat16",
    }  # fmt: skip
    assert method_folder("matching", {"fce": "true"}) == "matching-518209d4"
    assert method_folder("siamese", paper) == "siamese-7ee1b9f9"
    assert folder_of("folder:mine") == "folder-mine-01234567"


def test_a_methods_settings_never_look_like_a_name() -> None:
    folder = method_folder("net", {"depth": "4"})
    assert method_folder(folder, {}) != folder
    assert len({method_folder("net", each) for each in ({}, {"a": "1"}, {"a": "2"})}) == 3


def test_a_number_of_episodes_never_looks_like_a_task() -> None:
    assert task_folder("lake", 400) == "lake-400-episodes"
    assert task_folder("lake-400-episodes", None) != task_folder("lake", 400)


def test_datasets_of_one_plugin_are_told_apart() -> None:
    names = ["folder:a b", "folder:a-b", "fol-der:a", "fol:der-a", "folder-a", "folder:a"]
    assert len({folder_of(name) for name in names}) == len(names)
    assert folder_of("folder-a-01234567") != folder_of("folder:a")
