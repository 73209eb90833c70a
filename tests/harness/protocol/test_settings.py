from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from harness import Episodes, MethodSpec, UsageError
from harness.protocol.settings import MethodChoice, canonical, comments, configure, parse_method


class Scores:
    def score(self, episodes: Episodes) -> np.ndarray:
        return np.zeros((len(episodes), episodes.n_query, episodes.n_way))


@dataclass(frozen=True, kw_only=True)
class Settings:
    depth: int = 4
    rate: float = 0.5
    full: bool = False
    metric: str = "cosine"

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise ValueError(f"depth={self.depth} is below 1")


SPEC = MethodSpec(
    name="net",
    build=lambda settings: Scores(),
    settings=Settings,
    presets={"deep": Settings(depth=9, full=True), "shallow": Settings(depth=1)},
)
PLAIN = MethodSpec(name="net", build=lambda settings: Scores(), settings=Settings)


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
    assert configure(choice, SPEC) == expected


def test_one_choice_has_one_spelling() -> None:
    a = canonical(parse_method("net[rate=0.10,depth=4,full=True]"), SPEC)
    b = canonical(parse_method("net[full=true,rate=1e-1]"), SPEC)
    assert a == b
    assert str(a) == "net[rate=0.1,full=true]"


def test_settings_replace_those_of_a_preset() -> None:
    choice = parse_method("net[rate=1e-3,preset=deep]")
    assert configure(choice, SPEC) == Settings(depth=9, full=True, rate=0.001)
    assert configure(parse_method("net[preset=shallow]"), SPEC) == Settings(depth=1)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("net[preset=deep]", "net[preset=deep]"),
        ("net[full=true,rate=.1,preset=deep,depth=4]", "net[preset=deep,depth=4,rate=0.1]"),
        ("net[preset=deep,full=false]", "net[preset=deep,full=false]"),
        ("net[depth=9,full=true]", "net[depth=9,full=true]"),
    ],
)
def test_the_preset_comes_first_and_what_it_holds_is_left_out(text: str, spelling: str) -> None:
    assert str(canonical(parse_method(text), SPEC)) == spelling


def test_without_presets_a_setting_may_be_called_so() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Own:
        preset: str = "plain"

    spec = MethodSpec(name="own", build=lambda settings: Scores(), settings=Own)
    assert configure(parse_method("own[preset=other]"), spec) == Own(preset="other")
    with pytest.raises(UsageError, match="net has no setting preset; known: depth, full"):
        configure(parse_method("net[preset=deep]"), PLAIN)
    with pytest.raises(ValueError, match="no setting called preset; rename it"):
        replace(spec, presets={"a": Own()})


@pytest.mark.parametrize(
    ("name", "preset", "message"),
    [
        ("a,b", Settings(), "preset 'a,b': a name has lower-case letters"),
        ("deep", {"depth": 9}, "preset deep is of type dict, not Settings"),
    ],
)
def test_a_preset_is_an_instance_of_the_settings(name: str, preset: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(PLAIN, presets={name: preset})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("net[preset=deeep]", "net has no preset deeep; did you mean deep"),
        ("net[preset=deep,rate=x]", "rate=x is not a value of type float"),
        ("net[preset=deep,depth=0]", "depth=0 is below 1"),
        ("net[presett=deep]", "no setting presett; did you mean preset"),
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
        configure(parse_method(text), SPEC)
    assert "\n" not in str(error.value)
