"""The colours, as they are seen."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.protocol.settings import parse_method
from harness.report.plots.style import GREY, styles

Floats = NDArray[np.float64]
THEME = files("harness.report") / "theme.css"
METHODS = (
    *("l2-1nn", "cosine-1nn", "hausdorff-1nn", "lda-1nn"),
    *("siamese", "matching", "prototypical", "transfer", "random"),
)
LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], LUMINANCE, [0.0193339, 0.1191920, 0.9503041]])
# Machado, Oliveira and Fernandes 2009, table 1, severity 1
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "all colours": np.eye(3),
}


def linear(colour: str) -> Floats:
    """Return the light of a colour, ``(3,)`` from 0 to 1 (IEC 61966-2-1)."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: Floats) -> Floats:
    """Return CIE L*a*b* under D65."""
    scaled = np.clip(TO_XYZ @ light, 0, None) / (0.95047, 1.0, 1.08883)
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    low, high = sorted(float(LUMINANCE @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def colours() -> dict[str, str]:
    """The colour of each method that comes with the harness."""
    look = styles(map(parse_method, METHODS))
    return {name: look[parse_method(name)].colour for name in METHODS}


@pytest.mark.parametrize("sight", SEEN)
def test_every_two_methods_can_be_told_apart(colours: dict[str, str], sight: str) -> None:
    assert colours["random"] == GREY
    seen = {
        name: lab(np.clip(np.array(SEEN[sight]) @ linear(colour), 0, 1))
        for name, colour in colours.items()
    }
    close = {
        pair: round(float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])), 1)
        for pair in combinations(METHODS, 2)
    }
    assert {pair: far for pair, far in close.items() if far < 10} == {}


def test_every_method_stands_out_on_both_papers(colours: dict[str, str]) -> None:
    papers = re.findall(r"--paper: (#\w+)", THEME.read_text(encoding="utf-8"))
    assert len(papers) == 2
    low = {(name, paper): contrast(c, paper) for name, c in colours.items() for paper in papers}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 3} == {}
