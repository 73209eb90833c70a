from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness import UsageError
from harness.protocol.settings import MethodChoice, canonical, comments, configure, parse_method


@dataclass(frozen=True, kw_only=True)
class Settings:
    depth: int = 4
    rate: float = 0.5
    full: bool = False
    metric: str = "cosine"

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise ValueError(f"depth={self.depth} is below 1")


@dataclass(frozen=True, kw_only=True)
class More(Settings):
    width: int = 8  # of the first layer
    depth: int = 2  # here fewer
    name: str = "#1"


def test_comments_say_what_a_setting_is() -> None:
    assert comments(More) == {"width": "of the first layer", "depth": "here fewer"}
    assert comments(Settings) == {}


def test_settings_without_a_source_have_no_comments() -> None:
    made: dict[str, type] = {}
    exec("class Made:\n    a: int = 1  # unseen\n", made)
    assert comments(dataclass(made["Made"])) == {}


def test_a_name_alone() -> None:
    assert parse_method("l2-1nn") == MethodChoice(name="l2-1nn")


def test_settings_are_typed() -> None:
    choice = parse_method("net[depth=6, full=TRUE,rate=1e-3]")
    expected = Settings(depth=6, full=True, rate=0.001)
    assert configure(choice, Settings) == expected


def test_one_choice_has_one_spelling() -> None:
    a = canonical(parse_method("net[rate=0.10,depth=4,full=True]"), Settings)
    b = canonical(parse_method("net[full=true,rate=1e-1]"), Settings)
    assert a == b
    assert str(a) == "net[rate=0.1,full=true]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("net[dept=6]", "no setting dept; did you mean depth"),
        ("net[depth=six]", "depth=six is not a value of type int"),
        ("net[full=2]", "full=2 is not true or false"),
        ("net[depth]", "'depth' is not key=value"),
        ("net[depth=1,depth=2]", "depth is given twice"),
        ("net[depth=1", "is not NAME or NAME"),
        ("net[depth=0]", "depth=0 is below 1"),
    ],
)
def test_a_wrong_setting_is_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        configure(parse_method(text), Settings)
    assert "\n" not in str(error.value)
