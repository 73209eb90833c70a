"""``sketch``: a synthetic dataset like Omniglot, drawn by a seeded program.

It replaces a real dataset where none is installed. As in Omniglot, there are 30 background and 20
evaluation alphabets; each of 20 drawers draws each character once, 105 x 105 black and white.

A *script* is what the characters of an alphabet share: a few favourite strokes, a size, a
roundness. A character is one to five strokes, each joined to an earlier one. A *hand* is the slant,
the proportions, the care and the pen of a drawer. A drawing is a character written by a hand.

The pixels are made of random words and integer arithmetic alone, so they are the same everywhere.
Lengths are in 1/64 of a pixel from the middle of the image, y downwards; factors in 1/1024.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness import Dataset, DatasetSpec, Images, Split, UsageError, Words, cached, hookimpl
from tasks.characters import CHARACTERS

VERSION = 2  # raise it with any change of the pixels: it is in the cached copy's key

N_BACKGROUND, N_EVALUATION = 30, 20
N_DRAWERS = 20
SIDE = 105
PIXEL = 64
ONE = 1024
MARGIN = 4 * PIXEL  # from the curve to the edge of the image; no pen reaches so far
MOST_STROKES = 5
STEPS = 32  # dots of the pen between two of a stroke's points

HALF_WIDTH, HALF_HEIGHT, LARGER = 26, 29, 8  # of a script's characters, in pixels: least, range
FAVOURITES, RARE = 6, 40  # strokes of a script
RARITY = 12  # one stroke in so many is a rare one
FAMILY = 8  # characters that share all strokes but one, on average
OWN = 3  # the stroke that is a character's own is one of its first so many
BIAS = 50  # percent by which each favourite stroke is rarer than the one before
CANDIDATES, LEGIBLE = 6, 5  # for each final character: candidates, and legible ones among them
APART = 300  # pixels in which two characters should differ when drawn with a thick pen

Array = NDArray[np.int64]

# A stroke passes through 7 points: x and y from -4 to 4.
SHAPES: Array = np.array(
    [
        [(0, -4), (0, -3), (0, -1), (0, 0), (0, 1), (0, 3), (0, 4)],  # |
        [(-4, -4), (-3, -3), (-1, -1), (0, 0), (1, 1), (3, 3), (4, 4)],  # \
        [(2, -4), (0, -3), (-1, -1), (-1, 0), (-1, 1), (0, 3), (2, 4)],  # (
        [(4, -3), (1, -4), (-3, -3), (-4, 0), (-3, 3), (1, 4), (4, 3)],  # C
        [(0, -4), (-3, -2), (-3, 2), (0, 4), (3, 2), (3, -2), (0, -4)],  # O
        [(2, -4), (2, -2), (2, 0), (2, 2), (1, 4), (-2, 4), (-3, 2)],  # J
        [(3, -3), (0, -4), (-3, -2), (0, 0), (3, 2), (0, 4), (-3, 3)],  # S
        [(-4, 1), (-3, -1), (-2, -1), (0, 0), (2, 1), (3, 1), (4, -1)],  # ~
        [(-3, -4), (-3, -2), (-3, 1), (-3, 4), (-1, 4), (1, 4), (3, 4)],  # L
        [(-4, -4), (-4, 0), (-3, 3), (0, 4), (3, 3), (4, 0), (4, -4)],  # U
        [(-4, -4), (-3, -1), (-1, 2), (0, 4), (1, 2), (3, -1), (4, -4)],  # V
        [(-4, -4), (0, -4), (4, -4), (0, 0), (-4, 4), (0, 4), (4, 4)],  # Z
        [(-3, -3), (0, -4), (3, -2), (0, 0), (4, 2), (1, 4), (-3, 3)],  # 3
        [(3, -4), (-2, -2), (-3, 2), (0, 4), (3, 2), (0, 0), (-3, 2)],  # 6
        [(-3, -3), (0, -4), (3, -3), (2, 0), (0, 1), (0, 3), (0, 4)],  # ?
        [(-4, 3), (0, 2), (3, -2), (0, -4), (-3, -2), (0, 2), (4, 3)],  # a loop
        [(-4, 4), (-4, 0), (-4, -4), (0, 0), (0, -4), (4, 0), (4, 4)],  # N and M
        [(-4, -3), (-2, 3), (-1, 3), (0, -1), (1, 3), (2, 3), (4, -3)],  # W
    ]
)

PENS = (
    ("###", "###", "###"),
    (".##.", "####", "####", ".##."),
    (".###", "####", "###."),
    (".###.", "#####", "#####", "#####", ".###."),
)
PEN_OF_TEN = (0, 0, 1, 1, 1, 1, 2, 3, 3, 3)

NAMES = tuple(
    start + end
    for end in ("lan", "mir", "nok", "thi", "zur")
    for start in ("Ba", "Do", "Ke", "Lu", "Mi", "No", "Ra", "Su", "Ti", "Ve")
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Script:
    """The traits that the characters of one alphabet share.

    Attributes:
        strokes: ``(FAVOURITES + RARE, 7, 2)`` the points of its strokes.
        most: the largest number of strokes of a character.
        half: ``(2,)`` half the width and half the height of its characters.
        roundness: from 0, corners, to 8, curves.
    """

    strokes: Array
    most: int
    half: Array
    roundness: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Strokes:
    """The strokes of n characters or drawings, one to five of each.

    Attributes:
        points: ``(n, MOST_STROKES, 7, 2)`` x and y.
        used: ``(n, MOST_STROKES)`` bool, which strokes exist; the first always does.
    """

    points: Array
    used: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Hands:
    """How the N_DRAWERS drawers of an alphabet write.

    Attributes:
        form: ``(N_DRAWERS, 2, 2)`` slant, turn and proportions, in 1/1024.
        shift: ``(N_DRAWERS, 2)`` the position on the paper.
        care: ``(N_DRAWERS,)`` the percentage of the usual error of a point.
        roundness: ``(N_DRAWERS,)`` added to that of the script.
        pen: ``(N_DRAWERS,)`` into PENS.
    """

    form: Array
    shift: Array
    care: Array
    roundness: Array
    pen: Array


def generate(seed: int = 0) -> Dataset:
    """Draw the dataset; the same seed gives the same pixels on any machine."""
    words = Words(seed, "sketch")
    sizes = 14 + words.below(10, N_BACKGROUND)  # (N_BACKGROUND,) characters
    larger = 20 + words.below(7, N_EVALUATION)
    return Dataset(
        name="sketch",
        synthetic=True,
        background=_split(NAMES[:N_BACKGROUND], sizes, seed),
        evaluation=_split(NAMES[N_BACKGROUND:], larger, seed),
    )


def _split(groups: tuple[str, ...], sizes: Array, seed: int) -> Split:
    parts = [
        _group(Words(seed, f"sketch/{name}"), int(size))
        for name, size in zip(groups, sizes, strict=True)
    ]
    n = int(sizes.sum())
    return Split(
        images=Images(np.concatenate([part.packed for part in parts]), SIDE, SIDE),
        label=np.repeat(np.arange(n, dtype=np.int32), N_DRAWERS),
        source=np.tile(np.arange(N_DRAWERS, dtype=np.int32), n),
        group=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        groups=groups,
        classes=tuple(
            f"{name}/character{number:02d}"
            for name, size in zip(groups, sizes, strict=True)
            for number in range(1, int(size) + 1)
        ),
    )


def _group(words: Words, n: int) -> Images:
    """Draw n characters by N_DRAWERS drawers; the row is ``character * N_DRAWERS + drawer``."""
    script = _script(words)
    classes = _distinct(
        _classes(words, script, CANDIDATES * n, max(1, n // FAMILY)), script.roundness, n
    )
    hands = _hands(words)
    drawings = _drawings(words, classes, hands)
    roundness = np.clip(script.roundness + hands.roundness, 0, 9)
    dots = _trace(drawings, np.tile(roundness, n))
    ink = dots.reshape(n, N_DRAWERS, SIDE, SIDE)
    for number, pen in enumerate(PENS):
        held = hands.pen == number
        if held.any():
            ink[:, held] = _ink(ink[:, held], pen)
    return Images.from_ink(ink.reshape(n * N_DRAWERS, SIDE, SIDE))


def _bell(words: Words, spread: int, *shape: int) -> Array:
    """Return integers around 0, of a standard deviation near ``spread``, within three of them."""
    return np.sum(words.below(2 * spread + 1, 3, *shape) - spread, axis=0)


def _script(words: Words) -> Script:
    """Return a random script: its strokes are shapes turned, mirrored, stretched and bent."""
    n = FAVOURITES + RARE
    which = words.below(len(SHAPES), n) // (1 + words.below(2, n))  # simple shapes more often
    points = SHAPES[which]  # (n, 7, 2)
    points = np.where(words.below(2, n, 1, 1), points[:, :, ::-1], points)
    points = points * (1 - 2 * words.below(2, n, 1, 2))
    sizes = np.array([2, 3, 4, 6, 7, 7])[words.below(6, n, 1, 2)]  # in pixels
    half = (np.array([HALF_WIDTH, HALF_HEIGHT]) + words.below(LARGER, 2)) * PIXEL
    points = points * sizes * half // 32 + _bell(words, PIXEL, n, 7, 2)
    return Script(
        strokes=points,
        most=MOST_STROKES - int(words.below(2)),
        half=half,
        roundness=(0, 5, 7, 8, 9, 9)[int(words.below(6))],
    )


def _classes(words: Words, script: Script, n: int, families: int) -> Strokes:
    """Return n random characters; those of a family differ in one stroke and in their number."""
    shape = n, MOST_STROKES
    taste = words.below(100, n, FAVOURITES) + BIAS * np.arange(FAVOURITES)
    favourite = np.argsort(taste, axis=1, kind="stable")[:, :MOST_STROKES]
    rare = FAVOURITES + words.below(RARE, *shape)
    which = np.where(words.below(RARITY, *shape) > 0, favourite, rare)
    joint = words.below(np.array([1, 1, 2, 3, 4], np.uint64), *shape), words.below(7, *shape)
    end = np.array([0, 0, 3, 6])[words.below(4, *shape)]
    plan = np.stack([which, *joint, end], axis=2)  # (n, MOST_STROKES, 4)
    everyone = np.arange(n)
    own = np.arange(MOST_STROKES) == words.below(OWN, n, 1)
    plan = np.where(own[:, :, None], plan, plan[everyone % families])
    count = 1 + words.below(script.most - 1, n) + words.below(2, n)  # rarely the fewest or the most
    used = np.arange(MOST_STROKES) < count[:, None]
    points = script.strokes[plan[:, :, 0]]  # (n, MOST_STROKES, 7, 2)
    for stroke in range(1, MOST_STROKES):
        earlier, on, by = plan[:, stroke, 1:].T
        shift = points[everyone, earlier, on] - points[everyone, stroke, by]
        points[:, stroke] += shift[:, None]
    return Strokes(points=_fitted(points, used, script.half), used=used)


def _corners(points: Array, used: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return the least and the greatest x and y of each character, both ``(n, 2)``."""
    written = np.where(used[:, :, None, None], points, points[:, :1])
    return written.min(axis=(1, 2)), written.max(axis=(1, 2))


def _fitted(points: Array, used: NDArray[np.bool_], half: Array) -> Array:
    """Centre the characters, and scale each to fill the box in width or height."""
    least, greatest = _corners(points, used)
    middle = (least + greatest) // 2
    width = np.maximum(greatest - least, PIXEL)
    scale = np.min(2 * half * ONE // width, axis=1)  # (n,)
    return (points - middle[:, None, None]) * scale[:, None, None, None] // ONE


def _distinct(candidates: Strokes, roundness: int, n: int) -> Strokes:
    """Return n legible candidates that differ in APART pixels, as far as there are so many."""
    dots = _trace(candidates, np.full(len(candidates.used), roundness))
    thick = _ink(_ink(dots, PENS[-1]), PENS[-1])
    crowded = dots.sum(axis=(1, 2)) * ONE // thick.sum(axis=(1, 2))
    legible = np.sort(np.argsort(crowded, kind="stable")[: LEGIBLE * n])
    words = Images.from_ink(thick[legible]).words
    differing = np.bitwise_count(words[:, None] ^ words).sum(axis=2, dtype=np.int64)
    apart = np.minimum(differing, APART)
    chosen = [0]
    for _ in range(n - 1):
        chosen.append(int(np.argmax(apart[:, chosen].min(axis=1))))  # the first that is APART
    rows = legible[chosen]
    return Strokes(points=candidates.points[rows], used=candidates.used[rows])


def _hands(words: Words) -> Hands:
    return Hands(
        form=_form(words, N_DRAWERS, stretch=60, turn=50, slant=80),
        shift=_bell(words, 2 * PIXEL, N_DRAWERS, 2),
        care=50 + words.below(90, N_DRAWERS),
        roundness=_bell(words, 1, N_DRAWERS),
        pen=np.array(PEN_OF_TEN)[words.below(10, N_DRAWERS)],
    )


def _form(words: Words, *shape: int, stretch: int, turn: int, slant: int) -> Array:
    """Return ``(*shape, 2, 2)`` random matrices near ``ONE`` times the identity."""
    size, ratio = _bell(words, stretch, *shape), _bell(words, stretch // 2, *shape)
    turned, slanted = _bell(words, turn, *shape), _bell(words, slant, *shape)
    rows = [ONE + size + ratio, -turned - slanted], [turned, ONE + size - ratio]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def _drawings(words: Words, classes: Strokes, hands: Hands) -> Strokes:
    """Return every character as every hand writes it: ``n * N_DRAWERS`` drawings."""
    n = len(classes.used)
    points = np.repeat(classes.points[:, None], N_DRAWERS, axis=1)
    care = hands.care[None, :, None, None, None]
    # each stroke is displaced as a whole, then each of its points
    shape = n, N_DRAWERS, MOST_STROKES
    middle = points[:, :, :, 3:4]
    bent = _form(words, *shape, stretch=60, turn=70, slant=30)
    points = middle + _times(bent[:, :, :, None], points - middle)
    points += _bell(words, 90, *shape, 1, 2) * care // 100
    points += _smooth(_bell(words, 110, *shape, 7, 2)) * care // 100
    form = hands.form[None, :, None, None]
    own = _form(words, n, N_DRAWERS, 1, 1, stretch=90, turn=50, slant=60)
    points = _times(own, _times(form, points))
    points += (hands.shift + _bell(words, 9 * PIXEL // 2, n, N_DRAWERS, 2))[:, :, None, None]
    points = points.reshape(n * N_DRAWERS, MOST_STROKES, 7, 2)
    used = np.repeat(classes.used, N_DRAWERS, axis=0)
    return Strokes(points=points, used=used)


def _times(form: Array, points: Array) -> Array:
    """Multiply points ``(..., 2)`` by matrices ``(..., 2, 2)`` in 1/1024."""
    return np.sum(form * points[..., None, :], axis=-1) // ONE


def _smooth(astray: Array) -> Array:
    """Average errors along each stroke, so that it bends and does not tremble."""
    padded = np.concatenate([astray[..., :1, :], astray, astray[..., -1:, :]], axis=-2)
    return (padded[..., :-2, :] + 2 * padded[..., 1:-1, :] + padded[..., 2:, :]) // 3


def _trace(strokes: Strokes, roundness: Array) -> NDArray[np.bool_]:
    """Return ``(n, SIDE, SIDE)`` bool, True at each pixel that a curve passes."""
    n = len(strokes.used)
    drawing = np.nonzero(strokes.used)[0]  # (m,) for m strokes
    points = strokes.points[strokes.used]  # (m, 7, 2)
    ends = np.concatenate([points[:, :1], points, points[:, -1:]], axis=1)
    lean = (ends[:, 2:] - ends[:, :-2]) * roundness[drawing, None, None] // 48
    handles = points[:, :-1], (points + lean)[:, :-1], (points - lean)[:, 1:], points[:, 1:]
    t = np.arange(STEPS + 1)[:, None]
    u = STEPS - t
    weights = u**3, 3 * u**2 * t, 3 * u * t**2, t**3  # Bernstein's, in 1 / STEPS**3
    curve = sum(w * h[:, :, None] for w, h in zip(weights, handles, strict=True))
    curve = curve // STEPS**3  # (m, 6, STEPS + 1, 2)
    pixel = _inside(curve, strokes.used) // PIXEL + SIDE // 2
    dots = np.zeros(n * SIDE * SIDE, np.bool_)
    dots[(drawing[:, None, None] * SIDE + pixel[..., 1]) * SIDE + pixel[..., 0]] = True
    return dots.reshape(n, SIDE, SIDE)


def _inside(curve: Array, used: NDArray[np.bool_]) -> Array:
    """Shrink drawings that are larger than the paper, and move those that would leave it."""
    count = used.sum(axis=1)
    first = np.cumsum(count) - count  # each drawing's first stroke
    least = np.minimum.reduceat(curve.min(axis=(1, 2)), first)  # (n, 2)
    greatest = np.maximum.reduceat(curve.max(axis=(1, 2)), first)
    limit = SIDE * PIXEL // 2 - MARGIN
    scale = np.minimum(2 * limit * ONE // (greatest - least + 1), ONE).min(axis=1, keepdims=True)
    middle, half = (least + greatest) // 2, (greatest - least) * scale // (2 * ONE)
    place = np.clip(middle, half - limit, limit - half)
    scale, middle, place = (
        np.repeat(a, count, axis=0)[:, None, None] for a in (scale, middle, place)
    )
    return (curve - middle) * scale // ONE + place


def _ink(dots: NDArray[np.bool_], pen: tuple[str, ...]) -> NDArray[np.bool_]:
    """Draw the pen's shape at every dot of ``(..., SIDE, SIDE)``.

    The images are one flat array here, so a pen at an edge would draw on the opposite one; MARGIN
    keeps it away.
    """
    flat = dots.ravel()
    ink = np.zeros_like(flat)
    for row, line in enumerate(pen):
        for column, mark in enumerate(line):
            if mark == "#":
                down, right = row - len(pen) // 2, column - len(line) // 2
                ink |= np.roll(flat, down * SIDE + right)
    return ink.reshape(dots.shape)


@hookimpl
def oneshot_dataset() -> DatasetSpec:
    """Register the dataset."""
    return DatasetSpec(name="sketch", load=load, nouns=CHARACTERS)


def load(argument: str) -> Dataset:
    """Return the dataset; it is drawn once, then read from the cache.

    Raises:
        UsageError: there is an argument; it takes none.
    """
    if argument:
        raise UsageError(f"--data sketch:{argument}: sketch takes no argument; write --data sketch")
    return cached(f"sketch-{VERSION}", generate)
