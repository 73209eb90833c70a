from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from harness.storage.dataclass_json import from_text, parse, to_body, to_text


@dataclass(frozen=True, kw_only=True)
class Part:
    size: float
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Whole:
    name: str
    pairs: tuple[tuple[str, str], ...] = ()
    notes: Mapping[str, Any]
    files: tuple[Path, ...]
    parts: tuple[Part, ...]
    kind: Literal["one", "other"] = "one"
    flag: bool = False


WHOLE = Whole(
    name="x",
    pairs=(("a", "b"),),
    notes={"any": [1, None, {"thing": 2.5}]},
    files=(Path("a/b.py"),),
    parts=(Part(size=1.5, count=None), Part(size=2.0, count=3)),
)


def changed(**fields: Any) -> str:
    return json.dumps(to_body(WHOLE) | fields)


def test_what_is_written_is_read_back() -> None:
    text = to_text(WHOLE)
    assert "\n" not in text
    assert from_text(text, Whole) == WHOLE


def test_a_key_with_a_default_may_be_missing() -> None:
    assert from_text('{"name": "x", "notes": {}, "files": [], "parts": []}', Whole).flag is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(name=1), "name: 1 is not a string"),
        (changed(flag=1), "flag: 1 is not true or false"),
        (changed(pairs="ab"), 'pairs: "ab" is not a list'),
        (changed(pairs=[["a"]]), "pairs[0]: "),
        (changed(pairs=["ab"]), 'pairs[0]: "ab" is not a list'),
        (changed(notes=[1]), "notes: [1] is not an object"),
        (changed(kind="none"), "kind: none not in literal"),
        (changed(parts=[{"size": 1, "count": True}]), "parts[0].count: true is not a whole"),
        (changed(parts=[{"size": "1", "count": 1}]), 'parts[0].size: "1" is not a number'),
        (changed(parts=[{"size": 10**400, "count": 1}]), "parts[0].size: 1000"),
        (changed(parts=[{"size": 1.0}]), "parts[0].count: this key is missing"),
        (changed(parts=[7]), "parts[0]: 7 is not an object"),
        (changed(surplus=1, more=2), "unknown key more, surplus"),
        ("[]", "[] is not an object"),
        ('{"name": NaN}', "NaN is not a number of JSON"),
        ('{"name": -Infinity}', "-Infinity is not a number of JSON"),
        ("[" * 100_000, "it is nested too deeply"),
        ("{", "Expecting property name"),
        (changed(parts=[{"size": 1e308, "count": 1}]).replace("1e+308", "1e999"), "not a finite"),
    ],
)
def test_all_else_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refusal:
        from_text(text, Whole)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 200


def test_nan_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_text(Part(size=float("nan"), count=None))


def test_bytes_are_read_as_well() -> None:
    assert parse(b'{"a": [1]}') == {"a": [1]}
