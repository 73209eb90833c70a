"""The resources that a job requests: cores, memory, graphics cards."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace

from harness.errors import UsageError, did_you_mean

UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
KEYS = ("cpus", "memory", "gpu")
LEAST = {"cpus": 1, "memory": 0, "gpu": 0}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The resources that a job requests; None for each that it does not.

    Attributes:
        cpus: cores; also the threads that numerical libraries are told to use.
        memory: bytes.
        gpu: graphics cards.
    """

    cpus: int | None = None
    memory: int | None = None
    gpu: int | None = None

    @property
    def requested(self) -> dict[str, int]:
        """The amounts that are requested, by name."""
        return {key: value for key, value in asdict(self).items() if value}

    def over(self, other: Resources) -> Resources:
        """Return self with unset fields filled from ``other``."""
        own = {key: value for key, value in asdict(self).items() if value is not None}
        return replace(other, **own)


def parse_resources(text: str) -> Resources:
    """Read ``cpus=2,memory=8GB,gpu=1``, any part of it.

    Raises:
        UsageError: a part is malformed, or given twice.
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or key not in KEYS:
            raise UsageError(
                f"--resources {part}: write cpus=2,memory=8GB,gpu=1, or a part of it; "
                f"{did_you_mean(key, KEYS)}"
            )
        if key in found:
            raise UsageError(f"--resources {text}: {key} is given twice")
        found[key] = amount(key, int(value) if value.isdecimal() else value)
    return Resources(**found)


def amount(key: str, value: object) -> int:
    """Return a number of cores or cards, or a size in bytes, which may be written as ``8 GB``.

    Raises:
        UsageError: the value is no amount of this resource.
    """
    number = _size(value) if key == "memory" and isinstance(value, str) else value
    # True is an int too
    if type(number) is not int or number < LEAST[key]:
        example = (
            "a size, such as 8 GB" if key == "memory" else f"a whole number from {LEAST[key]} up"
        )
        raise UsageError(f"{key} = {value!r} is not {example}")
    return number


def _size(text: str) -> int | None:
    """Return a size in bytes; None if the text is not a size."""
    match = _AMOUNT.fullmatch(text)
    unit = UNITS.get(match[2].upper()) if match else None
    return None if match is None or unit is None else int(float(match[1]) * unit)
