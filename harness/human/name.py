"""The name that tells a person's records from another's."""

from __future__ import annotations

from unicodedata import category, normalize

from harness.errors import UsageError

ANONYMOUS = "anonymous"
LONGEST = 40
"""Characters: it heads a row of the leaderboard."""
SPELLS_SETTINGS = ",=[]"
"""What separates settings in ``human[name=ada]``."""
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how some scripts are written."""
_SPACE = "Zs"
_VISIBLE = "LNPS"
"""Categories of letters, numbers, punctuation and symbols; marks are seen on another alone."""
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
"""Letters and symbols by category, and nothing to see: fillers, an empty Braille cell and note."""


def checked_name(text: str) -> str:
    """Return a name in one spelling: composed characters, single spaces.

    Raises:
        UsageError: it is empty or too long, has a character that a name may not have, or none that
            can be seen.
    """
    composed = normalize("NFC", text)
    name = " ".join(composed.split())
    if not name or len(name) > LONGEST:
        raise UsageError(f"--name {text!r} has {len(name)} characters; give it 1 to {LONGEST}")
    for character in composed:
        if character in SPELLS_SETTINGS or not _is_printable(character):
            raise UsageError(
                f"--name {text!r} has {character!r}; any letters, digits, spaces and signs will "
                f"do but {' '.join(SPELLS_SETTINGS)} and what cannot be printed"
            )
    if not any(map(_is_visible, name)):
        raise UsageError(
            f"--name {text!a} has nothing that can be seen; give it a letter, digit or sign"
        )
    return name


def _is_printable(character: str) -> bool:
    """Whether it can stand in a line: a space of any width can, a tab or a line's end cannot."""
    return character.isprintable() or character in _JOINERS or category(character) == _SPACE


def _is_visible(character: str) -> bool:
    return category(character)[0] in _VISIBLE and character not in _BLANK
