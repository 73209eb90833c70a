"""The name that tells one person's records from another's."""

from __future__ import annotations

from unicodedata import normalize

from harness.errors import UsageError

ANONYMOUS = "anonymous"
LONGEST = 40
"""Characters, because the name is a row's head in the leaderboard."""
SEPARATORS = ",=[]"
"""The characters that ``human[name=ada]`` is parsed by."""
_JOINERS = "\u200c\u200d"
"""Not printable by Unicode, and part of the spelling of Persian and Indian names."""


def checked_name(text: str) -> str:
    """Return a name in one spelling: composed characters, single spaces.

    Raises:
        UsageError: the name is empty or too long, or has a separator or a control character.
    """
    name = " ".join(normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST:
        raise UsageError(f"--name {text!r} has {len(name)} characters; give it 1 to {LONGEST}")
    for character in name:
        printable = character.isprintable() or character in _JOINERS
        if character in SEPARATORS or not printable:
            raise UsageError(
                f"--name {text!r} contains {character!r}; use any characters but "
                f"{' '.join(SEPARATORS)} and control characters"
            )
    return name
