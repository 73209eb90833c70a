"""The records of one dataset and task, however many of its episodes they answered."""

from __future__ import annotations

from dataclasses import replace
from glob import escape
from pathlib import Path

from harness.records.record import Identity
from harness.records.store import place


def siblings(identity: Identity, results: Path) -> list[Path]:
    """Return the files of records of the same dataset and task, of every method."""
    whole = place(replace(identity, n_episodes=None), results).parent.parent
    shorter = sorted(whole.parent.glob(f"{escape(whole.name)}-*-episodes"))
    return [
        path
        for folder in (whole, *shorter)
        for path in sorted(folder.glob("*/seed-*.json"))
        if not path.name.endswith(".failed.json")
    ]
