"""A tiny Omniglot: 2 + 2 alphabets, 3 characters by 4 drawers, 9 x 11 pixels, 2 runs of 3."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness import Images
from tasks.omniglot_edition import Edition, SplitFacts, character_digest, run_digest

HEIGHT, WIDTH, DRAWERS, CHARACTERS = 9, 11, 4, 3
ALPHABETS = {"images_background": ("Greek", "Latin"), "images_evaluation": ("Ogham", "Runic")}
RUNS = (("Ogham", 0, 1), ("Runic", 3, 2))
"""Alphabet, drawer of the supports, drawer of the queries."""


def png(ink: NDArray[np.bool_], mode: str = "1") -> bytes:
    """Write ink as a PNG."""
    file = BytesIO()
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).convert(mode).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True, kw_only=True)
class TinyOmniglot:
    """An unpacked copy in ``folder``, and the edition that it fits."""

    folder: Path
    edition: Edition

    def zipped(self) -> Path:
        """Pack the three parts beside each other, and return the folder they stand in."""
        packed = self.folder.parent / "zips"
        for name in (*ALPHABETS, "all_runs"):
            shutil.make_archive(str(packed / name), "zip", self.folder, name)
        return packed

    def drawing(self, name: str) -> Path:
        """Return the one drawing whose path under the folder matches."""
        (path,) = self.folder.glob(name)
        return path


@pytest.fixture
def tiny_omniglot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyOmniglot:
    """A tiny Omniglot, and an empty cache."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tmp_path / "cache"))
    rng, folder, facts = np.random.default_rng(0), tmp_path / "omniglot", []
    ink: dict[str, NDArray[np.bool_]] = {}
    for split, alphabets in ALPHABETS.items():
        for alphabet in alphabets:
            ink[alphabet] = rng.random((CHARACTERS, DRAWERS, HEIGHT, WIDTH)) < 0.3
            _write_alphabet(folder / split / alphabet, ink[alphabet])
        facts.append(_facts({name: ink[name] for name in alphabets}))
    edition = Edition(
        height=HEIGHT,
        width=WIDTH,
        drawers=DRAWERS,
        background=facts[0],
        evaluation=facts[1],
        runs=tuple(_write_run(folder, number, ink) for number in range(len(RUNS))),
    )
    return TinyOmniglot(folder=folder, edition=edition)


def _write_alphabet(folder: Path, ink: NDArray[np.bool_]) -> None:
    for c, drawings in enumerate(ink, start=1):
        character = folder / f"character{c:02d}"
        character.mkdir(parents=True)
        for d, drawing in enumerate(drawings, start=1):
            (character / f"{c:04d}_{d:02d}.png").write_bytes(png(drawing))


def _facts(ink: dict[str, NDArray[np.bool_]]) -> SplitFacts:
    everything = np.concatenate(list(ink.values())).reshape(-1, HEIGHT, WIDTH)
    return SplitFacts(
        fingerprint=Images.from_ink(everything).digest,
        characters={
            f"{alphabet}/character{c:02d}": character_digest(Images.from_ink(drawings))
            for alphabet, characters in ink.items()
            for c, drawings in enumerate(characters, start=1)
        },
    )


def _write_run(folder: Path, number: int, ink: dict[str, NDArray[np.bool_]]) -> str:
    """Write a run whose query i shows what support i + 1 shows, and return its digest."""
    alphabet, shown_by, asked_by = RUNS[number]
    run = f"run{number + 1:02d}"
    support, query = np.arange(CHARACTERS), np.roll(np.arange(CHARACTERS), -1)
    lines = []
    for kind in ("training", "test"):
        (folder / "all_runs" / run / kind).mkdir(parents=True)
    for way in range(CHARACTERS):
        shown, asked = f"{run}/training/class{way + 1:02d}.png", f"{run}/test/item{way + 1:02d}.png"
        (folder / "all_runs" / shown).write_bytes(png(ink[alphabet][support[way], shown_by]))
        (folder / "all_runs" / asked).write_bytes(png(ink[alphabet][query[way], asked_by]))
        lines.append(f"{asked} {run}/training/class{query[way] + 1:02d}.png")
    (folder / "all_runs" / run / "class_labels.txt").write_text("\n".join(lines) + "\n")
    first = number * CHARACTERS * DRAWERS
    rows = [first + support * DRAWERS + shown_by, first + query * DRAWERS + asked_by, query]
    return run_digest(*(row.astype(np.int32) for row in rows))
