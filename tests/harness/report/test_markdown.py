from __future__ import annotations

import pytest

from harness.report.markdown import grid, plain


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
