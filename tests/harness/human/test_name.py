from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.human.name import LONGEST, checked_name
from harness.protocol.settings import parse_method


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada", "ada"),
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Jose\u0301", "José"),
        ("紫\u3000式部", "紫 式部"),  # an ideographic space
        ("علی\u200cرضا", "علی\u200cرضا"),  # a zero-width non-joiner
        ("\U0001f600", "\U0001f600"),
        ("<b>&'\"|`", "<b>&'\"|`"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_a_name_may_be_of_any_script(text: str, name: str) -> None:
    assert checked_name(text) == name
    assert parse_method(f"human[name={name}]").pairs == (("name", name),)


@pytest.mark.parametrize(
    "text", ["a,b", "a=b", "a[b", "a]b", "a\x1bb", "a\u202eb", "a\ufeffb", "a\ud800b", "a\x00b"]
)
def test_separators_and_control_characters_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="use any characters but , = ") as refusal:
        checked_name(text)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("text", ["", "  ", "\t", "x" * (LONGEST + 1)])
def test_a_name_has_1_to_40_characters(text: str) -> None:
    with pytest.raises(UsageError, match="give it 1 to 40"):
        checked_name(text)
