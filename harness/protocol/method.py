"""What a method is: three verbs, only one of which every method needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harness.errors import MethodError
from harness.protocol.episodes import Episodes

_PRESET_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class Method(Protocol):
    """Answers N-way episodes.

    A method that learns also has ``fit(background, training)``, called once, with labelled
    background characters only. A method whose fitted state can be kept also has ``save(folder)``
    and ``load(folder)``, without pickle. ``n_parameters``, where a method has it, is the number
    of values it learnt.
    """

    def score(self, episodes: Episodes) -> NDArray[Any]:
        """Return ``(n_episodes, n_query, n_way)`` floats, higher for more alike.

        Ties are answers too: they share the point. Asking twice gives the same scores.
        """


@dataclass(frozen=True)
class NoSettings:
    """The settings of a method that has none."""


@dataclass(frozen=True, kw_only=True)
class MethodSpec:
    """A method, as its plugin declares it.

    Attributes:
        name: what it is called, the same as its entry point.
        build: ``build(settings)`` returns an unfitted method.
        settings: a frozen dataclass of int, float, bool and str fields, all with defaults.
        presets: instances of ``settings`` by name. ``NAME[preset=tiny,steps=9]`` takes the one
            called ``tiny`` and replaces its ``steps``.
        seeded: True when another seed gives other answers; otherwise it runs once, with seed 0.
        transductive: True when it looks at several queries of an episode, or at several
            episodes, together; the leaderboard marks it.
        framework: what it computes with, for the reader of a table.
        requires: distributions that it needs beside the harness's own, such as ``torch``; their
            versions are part of what a fitted model is kept under.
        install: what ``pip install`` takes to have them, such as ``oneshot-harness[torch]``.
    """

    name: str
    build: Callable[[Any], Method]
    settings: type = NoSettings
    presets: Mapping[str, Any] = field(default_factory=dict)
    seeded: bool = False
    transductive: bool = False
    framework: str = "numpy"
    requires: tuple[str, ...] = ()
    install: str = ""

    def __post_init__(self) -> None:
        for name, preset in self.presets.items():
            if not _PRESET_NAME.fullmatch(name):
                raise ValueError(
                    f"preset {name!r}: a name has lower-case letters, digits and dashes"
                )
            if not isinstance(preset, self.settings):
                raise ValueError(
                    f"preset {name} is of type {type(preset).__name__}, not "
                    f"{self.settings.__name__}, which settings names"
                )
        if self.presets and any(each.name == "preset" for each in fields(self.settings)):
            raise ValueError("a method with presets may have no setting called preset; rename it")


def checked_scores(scores: object, episodes: Episodes, method: str) -> NDArray[np.float64]:
    """Return a method's scores as float64 ``(n_episodes, n_query, n_way)``.

    Raises:
        MethodError: they are missing, of another shape, not numbers, or NaN.
    """
    expected = (len(episodes), episodes.n_query, episodes.n_way)
    if scores is None:
        raise MethodError(f"{method}: score returned nothing; is a return missing?")
    array = np.asarray(scores)
    if array.shape != expected:
        raise MethodError(
            f"{method}: score returned shape {array.shape}, not {expected} "
            "(n_episodes, n_query, n_way)"
        )
    if array.dtype.kind not in "fiub":
        raise MethodError(f"{method}: score returned {array.dtype}, not real numbers")
    if np.isnan(array).any():
        bad = int(np.isnan(array).any(axis=(1, 2)).sum())
        raise MethodError(f"{method}: score returned NaN in {bad} of {len(array)} episodes")
    return array.astype(np.float64)
