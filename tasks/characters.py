"""The words for datasets of drawn characters: Omniglot, and its like drawn by a program."""

from __future__ import annotations

from harness import Nouns

CHARACTERS = Nouns(
    class_="character",
    classes="characters",
    group="alphabet",
    groups="alphabets",
    source="drawer",
    sources="drawers",
    image="drawing",
    images="drawings",
)
