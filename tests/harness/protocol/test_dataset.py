from __future__ import annotations

import pytest

from harness import DataError, Dataset, UsageError


def test_rows_of_class_are_each_class_and_its_sources(tiny: Dataset) -> None:
    split = tiny.evaluation
    assert split.rows_of_class.shape == (30, 4)
    for label, rows in enumerate(split.rows_of_class):
        assert (split.label[rows] == label).all()
        assert split.source[rows].tolist() == [0, 1, 2, 3]


def test_only_keeps_pixels_and_names_together(tiny: Dataset) -> None:
    part = tiny.evaluation.only([4, 1])
    assert part.groups == ("Alphabet_4", "Alphabet_1")
    assert [name.partition("/")[0] for name in part.classes] == ["Alphabet_4"] * 5 + [
        "Alphabet_1"
    ] * 5
    for row in range(len(part.images)):
        name = part.classes[part.label[row]]
        original = tiny.evaluation.classes.index(name)
        rows = tiny.evaluation.rows_of_class[original]
        same = rows[tiny.evaluation.source[rows] == part.source[row]]
        assert (tiny.evaluation.images.ink(same)[0] == part.images.ink(row)).all()
        assert part.groups[part.group[part.label[row]]] == name.partition("/")[0]


def test_hold_out_divides_by_group(tiny: Dataset) -> None:
    rest, held = tiny.background.hold_out(2, seed=0)
    assert len(held.groups) == 2
    assert sorted(rest.groups + held.groups) == sorted(tiny.background.groups)
    assert not set(rest.classes) & set(held.classes)
    assert len(rest.images) + len(held.images) == len(tiny.background.images)
    again, _ = tiny.background.hold_out(2, seed=0)
    assert again.groups == rest.groups
    others = {tiny.background.hold_out(2, seed=seed)[1].groups for seed in range(8)}
    assert len(others) > 1


@pytest.mark.parametrize("n", [0, 6, -1])
def test_hold_out_leaves_something_on_both_sides(tiny: Dataset, n: int) -> None:
    with pytest.raises(DataError, match="1 to 5 are possible"):
        tiny.background.hold_out(n, seed=0)


def test_validation_keeps_the_evaluation_split_out_of_reach(tiny: Dataset) -> None:
    held = tiny.validation()
    assert held.name == "tiny@validation"
    names = set(held.background.classes) | set(held.evaluation.classes)
    assert names <= set(tiny.background.classes)
    evaluation = {row.tobytes() for row in tiny.evaluation.images.packed}
    for split in (held.background, held.evaluation):
        assert not evaluation & {row.tobytes() for row in split.images.packed}
    assert held.runs is None


def test_the_fingerprint_is_of_the_pixels(tiny: Dataset, make_dataset) -> None:
    assert tiny.fingerprint == make_dataset().fingerprint
    assert tiny.fingerprint != make_dataset(sources=3).fingerprint


def test_a_wrong_split_is_one_line(tiny: Dataset) -> None:
    with pytest.raises(UsageError, match="no split is called test"):
        tiny.split("test")
