from __future__ import annotations

import pytest

from harness.report.markdown import grid, plain, without_folders


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("`code`", r"\`code\`"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("two\nlines", "two lines"),
        ("*bold* ~~no~~ $x$", r"\*bold\* \~\~no\~\~ \$x\$"),
        ("m[a=1](http://x)", r"m[a=1]\(http://x)"),
        ("snake_case _it_", r"snake_case \_it\_"),
        ("back\\slash", r"back\\slash"),
        ("siamese[lr=0.001]", "siamese[lr=0.001]"),
    ],
)
def test_nothing_is_left_to_interpret(text: str, escaped: str) -> None:
    assert plain(text) == escaped


def test_a_grid_has_a_line_for_each_row() -> None:
    assert list(grid(("a", "b"), [("1", "2")], "lr")) == [
        "| a | b |",
        "| --- | ---: |",
        "| 1 | 2 |",
    ]


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
