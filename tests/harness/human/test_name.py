from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.human.name import LONGEST, checked_name
from harness.protocol.settings import parse_method


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada", "ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Jose\u0301", "José"),
        ("紫\u3000式部", "紫 式部"),  # a wide space is a space
        ("艾达", "艾达"),
        ("علی\u200cرضا", "علی\u200cرضا"),  # its invisible sign is part of how it is spelt
        ("\U0001f600", "\U0001f600"),
        ("-", "-"),
        ("<b>&'\"|`", "<b>&'\"|`"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_any_script_will_do(text: str, name: str) -> None:
    assert checked_name(text) == name
    assert parse_method(f"human[name={name}]").pairs == (("name", name),)


@pytest.mark.parametrize(
    "text",
    [
        "a,b",
        "a=b",
        "a[b",
        "a]b",
        "a\x1bb",
        "a\u202eb",
        "a\ufeffb",
        "a\ud800b",
        "a\nb",
        "ada\n",
        "a\tb",
        "a\x0bb",
        "a\x85b",
        "a\u2028b",
    ],
)
def test_what_would_break_the_spelling_or_the_screen_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="any letters") as refusal:
        checked_name(text)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "\u200d",
        "\u200c \u200d",
        "\u0301",
        "\ufe0f\u034f",
        "\u3164",
        "\u115f\u1160\uffa0",
        "\u2800 \u2800",
        "\U0001d159",
    ],
)
def test_a_name_that_nobody_can_see_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="has nothing that can be seen") as refusal:
        checked_name(text)
    assert str(refusal.value).isascii() and str(refusal.value).isprintable()
    assert checked_name(f"a{text}")


@pytest.mark.parametrize("text", ["", "  ", "\t", "x" * (LONGEST + 1)])
def test_a_name_has_some_letters_and_not_too_many(text: str) -> None:
    with pytest.raises(UsageError, match="1 to 40"):
        checked_name(text)
