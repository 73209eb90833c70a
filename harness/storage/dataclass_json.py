"""JSON of dataclasses, read strictly: each key is there, known, and of its field's type.

cattrs is imported when the first value is read or written, so that start-up does not pay for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

SHOWN = 40
"""Characters of a wrong value that a message shows."""


class Mismatch(ValueError):
    """JSON that does not describe a value of the type that is read."""


def to_text(value: object) -> str:
    """Return a dataclass as one line of JSON.

    Raises:
        ValueError: a number in it is NaN or infinite, which JSON cannot hold.
    """
    return json.dumps(to_body(value), allow_nan=False)


def from_text(text: str | bytes, kind: type[T]) -> T:
    """Return the dataclass of type ``kind`` that ``to_text`` wrote.

    Raises:
        ValueError: it is not JSON.
        Mismatch: a key is missing, unknown or of another type; in one line that begins with the
            path of the key.
    """
    return from_body(parse(text), kind)


def to_body(value: object) -> dict[str, Any]:
    """Return a dataclass as dicts, lists, strings, numbers and None."""
    body: dict[str, Any] = _converter().unstructure(value)
    return body


def from_body(body: object, kind: type[T]) -> T:
    """Return the dataclass of type ``kind`` that ``to_body`` made a body of.

    Raises:
        Mismatch: as ``from_text``.
    """
    try:
        return _converter().structure(body, kind)
    except Exception as failure:  # cattrs passes on whatever a class raises
        raise Mismatch(_first_fault(failure)) from failure


def parse(text: str | bytes) -> dict[str, Any]:
    """Return the object that a text of JSON holds.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
        Mismatch: it holds no object, or NaN or infinity, which Python's JSON alone knows.
    """
    try:
        body = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    try:
        return _expect(body, dict, "an object")
    except TypeError as mismatch:
        raise Mismatch(str(mismatch)) from None


def _refuse(constant: str) -> NoReturn:
    raise Mismatch(f"{constant} is not a number of JSON")


def _first_fault(failure: Exception) -> str:
    """Return the first fault that cattrs found, as ``cost.fit_seconds: "1" is not a number``."""
    from cattrs import transform_error

    found = transform_error(failure, format_exception=_reason)[0]
    reason, _, path = " ".join(found.split()).rpartition(" @ $")
    return f"{path.removeprefix('.')}: {reason}" if path else reason


def _reason(failure: BaseException, kind: type | None) -> str:
    from cattrs.errors import ForbiddenExtraKeysError

    match failure:
        case KeyError():
            return "this key is missing"
        case ForbiddenExtraKeysError():
            return f"unknown key {', '.join(sorted(map(str, failure.extra_fields)))}"
    return str(failure) or type(failure).__name__


@cache
def _converter() -> Converter:
    """Return a converter that takes nothing for something else: no "1" and no true for 1."""
    from cattrs import Converter
    from cattrs.cols import is_mapping, mapping_structure_factory
    from cattrs.gen import make_dict_structure_fn

    converter = Converter(forbid_extra_keys=True)
    for kind, check in ((int, _integer), (float, _number), (str, _string), (bool, _boolean)):
        converter.register_structure_hook(kind, check)
    converter.register_structure_hook_factory(_is_tuple, _from_list)
    converter.register_structure_hook_factory(is_mapping, _of(mapping_structure_factory))
    converter.register_structure_hook_factory(is_dataclass, _of(make_dict_structure_fn))
    return converter


def _is_tuple(kind: type) -> bool:
    return get_origin(kind) is tuple


def _from_list(kind: type, converter: Converter) -> Hook:
    """Return what reads a tuple; cattrs alone would take any iterable, such as a string."""
    from cattrs.cols import homogenous_tuple_structure_factory
    from cattrs.gen import make_hetero_tuple_structure_fn

    same = get_args(kind)[-1] is Ellipsis
    read = (homogenous_tuple_structure_factory if same else make_hetero_tuple_structure_fn)(
        kind, converter
    )
    return lambda value, _: read(_expect(value, list, "a list"), kind)


def _of(factory: Callable[..., Hook]) -> Callable[[type, Converter], Hook]:
    """Return a factory of what reads an object; cattrs alone would name no key for a list."""

    def make(kind: type, converter: Converter) -> Hook:
        read = factory(kind, converter)
        return lambda value, _: read(_expect(value, dict, "an object"), kind)

    return make


def _integer(value: object, _: object) -> int:
    return _expect(value, int, "a whole number")


def _number(value: object, _: object) -> float:
    if type(value) not in (int, float):
        raise TypeError(f"{_shown(value)} is not a number")
    assert isinstance(value, int | float)
    with suppress(OverflowError):  # a whole number in JSON has any length
        if math.isfinite(value):
            return float(value)
    raise ValueError(f"{_shown(value)} is not a finite number")


def _string(value: object, _: object) -> str:
    return _expect(value, str, "a string")


def _boolean(value: object, _: object) -> bool:
    return _expect(value, bool, "true or false")


def _expect(value: object, kind: type[T], what: str) -> T:
    if type(value) is not kind:  # not isinstance: True is an int too
        raise TypeError(f"{_shown(value)} is not {what}")
    return value


def _shown(value: object) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."
