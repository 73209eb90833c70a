"""A method's settings: ``NAME[preset=NAME,key=value,...]`` read into its own dataclass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from inspect import getsource
from typing import Any, get_type_hints

from harness.errors import UsageError, did_you_mean
from harness.protocol.method import MethodSpec

PRESET = "preset"
"""The key that names a preset instead of a setting, in methods that have presets."""
_CHOICE = re.compile(r"(?P<name>[^\[\]]+?)(?:\[(?P<pairs>[^\[\]]*)\])?")
_COMMENTED = re.compile(r"^ +(\w+): [^#\n]*?  # (.+)$", re.MULTILINE)
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class MethodChoice:
    """A method as asked for: its name, and the settings that differ from the defaults."""

    name: str
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def in_order(self) -> MethodChoice:
        """The same, its settings sorted: results compare whatever order they were given in."""
        return MethodChoice(name=self.name, pairs=tuple(sorted(self.pairs)))

    def __str__(self) -> str:
        inside = ",".join(f"{key}={value}" for key, value in self.pairs)
        return f"{self.name}[{inside}]" if inside else self.name


def parse_method(text: str) -> MethodChoice:
    """Read ``NAME`` or ``NAME[key=value,...]``.

    Raises:
        UsageError: it reads as neither, or a key is given twice.
    """
    match = _CHOICE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"method {text!r} is not NAME or NAME[key=value,...]")
    pairs: dict[str, str] = {}
    for part in filter(None, (match["pairs"] or "").split(",")):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not key or not value:
            raise UsageError(f"method {text}: setting {part!r} is not key=value")
        if key in pairs:
            raise UsageError(f"method {text}: setting {key} is given twice")
        pairs[key] = value
    return MethodChoice(name=match["name"], pairs=tuple(pairs.items()))


def configure(choice: MethodChoice, spec: MethodSpec) -> Any:
    """Return a method's settings: its preset or its defaults, with the chosen fields replaced.

    Raises:
        UsageError: a key or preset does not exist, or a value has another type or is out of
            range; the dataclass may refuse a value itself with a ValueError.
    """
    start, pairs = _start(choice, spec)
    types = get_type_hints(spec.settings)
    known = [field.name for field in fields(spec.settings)]
    values = {}
    for key, text in pairs:
        if key not in known:
            allowed = [PRESET, *known] if spec.presets else known
            raise UsageError(f"{choice.name} has no setting {key}; {did_you_mean(key, allowed)}")
        values[key] = _typed(choice.name, key, text, types[key])
    try:
        return replace(start, **values)
    except ValueError as refusal:
        raise UsageError(f"{choice}: {refusal}") from refusal


def comments(settings: type) -> dict[str, str]:
    """Return what stands in the source behind each setting, as a comment on its line."""
    found: dict[str, str] = {}
    for part in reversed(settings.__mro__):
        if is_dataclass(part):
            with suppress(OSError, TypeError):  # its source is not at hand
                found |= dict(_COMMENTED.findall(getsource(part)))
    return found


def canonical(choice: MethodChoice, spec: MethodSpec) -> MethodChoice:
    """Return the choice in one spelling: the preset, then the settings that differ from it.

    Without a preset, those that differ from the defaults. Values are typed, keys in field order.
    """
    start, written = _start(choice, spec)
    chosen, default = asdict(configure(choice, spec)), asdict(start)
    preset = tuple(pair for pair in choice.pairs if pair not in written)
    differing = {key: value for key, value in chosen.items() if value != default[key]}
    return MethodChoice(name=choice.name, pairs=(*preset, *spelled(differing).items()))


def spelled(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return settings as people write them."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in settings.items()
    }


def _start(choice: MethodChoice, spec: MethodSpec) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """Return what the settings are before any is replaced, and the pairs that replace some."""
    preset = dict(choice.pairs).get(PRESET) if spec.presets else None
    if preset is None:
        return spec.settings(), choice.pairs
    if preset not in spec.presets:
        raise UsageError(
            f"{choice.name} has no preset {preset}; {did_you_mean(preset, spec.presets)}"
        )
    return spec.presets[preset], tuple(pair for pair in choice.pairs if pair[0] != PRESET)


def _typed(method: str, key: str, text: str, kind: type) -> Any:
    try:
        return _BOOLEANS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        allowed = "true or false" if kind is bool else f"a value of type {kind.__name__}"
        raise UsageError(f"{method}: setting {key}={text} is not {allowed}") from None
