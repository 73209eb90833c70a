"""Where things stand in a TOML file, for errors: its parser keeps no lines."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*")
_WORDS = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*''',
    re.DOTALL,
)
"""Strings and comments: what stands in them is no structure. A string may end in quotes."""
Table = tuple[str, int]
"""A top-level table by name, and which of those of that name, from 0; ``("", 0)`` for none."""
TOP: Table = ("", 0)


class Lines:
    """The lines of one file, counted from 1.

    Args:
        text: the file's content, which parses.
    """

    def __init__(self, text: str) -> None:
        self._of: dict[Table, list[int]] = {TOP: []}
        self._lines = _WORDS.sub(_plain, text).split("\n")
        table, seen = TOP, dict[str, int]()
        for number, line in enumerate(self._lines, start=1):
            header = _HEADER.fullmatch(line)
            if header is not None:
                name, *inner = header[1].split(".")
                if not inner:  # [grid.settings] goes on with the grid before it
                    seen[name] = seen.get(name, -1) + 1
                table = (name, seen.get(name, 0))
            self._of.setdefault(table, []).append(number)

    def key(self, key: str, table: Table = TOP) -> int:
        """Return the line of a key, which may be a table's header; of its table if not found."""
        spelled = re.escape(key)
        pattern = re.compile(rf'(?:^|[\s{{,."]){spelled}"?\s*[.=]|\.{spelled}\]')
        header = (key, 0)
        return self._first(pattern, table) or self.table(header if header in self._of else table)

    def table(self, table: Table) -> int:
        """Return the line that a table begins at."""
        return next(iter(self._of.get(table, ())), 1)

    def value(self, key: str, value: object, table: Table = TOP) -> int:
        """Return the last line, from that of a key on, where a value stands: of two, the second."""
        start = self.key(key, table)
        spelled = re.escape(str(value).lower() if isinstance(value, bool) else str(value))
        quoted, bare = rf"""["']{spelled}["']""", rf"(?<![\w.-]){spelled}(?![\w.-])"
        pattern = re.compile(quoted if isinstance(value, str) else bare)
        found = [
            number
            for number in self._of.get(table, ())
            if number >= start and pattern.search(self._lines[number - 1])
        ]
        return found[-1] if found else start

    def _first(self, pattern: re.Pattern[str], table: Table) -> int | None:
        numbers = self._of.get(table, ())
        return next((n for n in numbers if pattern.search(self._lines[n - 1])), None)


def _plain(word: re.Match[str]) -> str:
    """Return a string as it stands, of one over several lines the line ends; of a comment none."""
    text = word[0]
    if text.startswith("#"):
        return ""
    n_ends = text.count("\n")
    return text[:3] + "\n" * n_ends + text[:3] if n_ends else text
