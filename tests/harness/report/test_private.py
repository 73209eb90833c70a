from __future__ import annotations

import pytest

from harness.report.private import without_folders


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("it fell over in /home/anna/secret/plan.py", "it fell over in plan.py"),
        ("/home/anna is full", "~ is full"),
        ("see /home/anna/models", "see models"),
        ("checkpoint=/Users/anna/a.npz, 3", "checkpoint=a.npz, 3"),
        ("file:///home/anna/data/x.zip is damaged", "x.zip is damaged"),
        ("C:\\Users\\anna\\a.npz", "a.npz"),
        ("/data/omniglot/images.zip: no such file", "images.zip: no such file"),
        ("and/or, 1/2, results/records stay", "and/or, 1/2, results/records stay"),
        ("../data/home/x/y stays", "../data/home/x/y stays"),
    ],
)
def test_paths_are_cut_to_their_last_part(text: str, left: str) -> None:
    assert without_folders(text) == left
