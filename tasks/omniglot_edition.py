"""The names and the digests of pixels that a copy of Omniglot must have.

A split has one fingerprint. The digests of its characters serve to say which one differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness import Images

SHORT = 8
"""The number of hexadecimal digits of a character's digest."""


@dataclass(frozen=True, kw_only=True)
class SplitFacts:
    """The facts about one split of an edition.

    Attributes:
        fingerprint: sha256 of the packed drawings in sorted order, ``Images.digest``.
        characters: the short digest of each character's drawings, by ``Alphabet/character``.
    """

    fingerprint: str
    characters: Mapping[str, str]

    @property
    def alphabets(self) -> list[str]:
        """The alphabets' names, sorted."""
        return sorted({name.partition("/")[0] for name in self.characters})


@dataclass(frozen=True, kw_only=True)
class Edition:
    """The facts about Omniglot, or about a tiny dataset like it in a test.

    Attributes:
        height: rows of pixels.
        width: columns of pixels.
        drawers: the number of drawings of each character.
        background: the facts of the background split.
        evaluation: the facts of the evaluation split.
        runs: the short digest of each official run's rows, in order.
    """

    height: int
    width: int
    drawers: int
    background: SplitFacts
    evaluation: SplitFacts
    runs: tuple[str, ...]


def omniglot_edition() -> Edition:
    """Return the facts about the real Omniglot."""
    path = Path(__file__).with_name("omniglot_characters.json")
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Edition(
        height=facts["height"],
        width=facts["width"],
        drawers=facts["drawers"],
        background=_split_facts(facts["background"]),
        evaluation=_split_facts(facts["evaluation"]),
        runs=tuple(facts["runs"]),
    )


def _split_facts(facts: dict[str, dict[str, list[str]] | str]) -> SplitFacts:
    alphabets = facts["alphabets"]
    assert isinstance(alphabets, dict)
    return SplitFacts(
        fingerprint=str(facts["fingerprint"]),
        characters={
            f"{alphabet}/character{number:02d}": digest
            for alphabet, digests in alphabets.items()
            for number, digest in enumerate(digests, start=1)
        },
    )


def character_digest(drawings: Images) -> str:
    """Return the short digest of one character's drawings, in the order of their drawers."""
    return drawings.digest[:SHORT]


def run_digest(
    support: NDArray[np.int32], query: NDArray[np.int32], truth: NDArray[np.int32]
) -> str:
    """Return the short digest of a run: of the drawings that it shows, and of its truth."""
    rows = np.concatenate([support, query, truth])
    return sha256(np.ascontiguousarray(rows, "<i4").data).hexdigest()[:SHORT]
