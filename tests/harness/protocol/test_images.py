from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from harness import Images


@pytest.fixture
def ink() -> np.ndarray:
    return np.random.default_rng(0).random((7, 5, 9)) < 0.5


def test_ink_comes_back(ink: np.ndarray) -> None:
    images = Images.from_ink(ink)
    assert len(images) == 7
    assert (images.ink() == ink).all()
    assert (images.ink(3) == ink[3]).all()
    assert (images.ink(np.array([[6, 0], [2, 2]])) == ink[[[6, 0], [2, 2]]]).all()
    assert (images.ink(slice(2, 4)) == ink[2:4]).all()
    assert images.ink().dtype == np.bool_


def test_taken_images_are_those_rows(ink: np.ndarray) -> None:
    assert (Images.from_ink(ink).take(np.array([4, 1])).ink() == ink[[4, 1]]).all()


def test_words_hold_the_same_bits(ink: np.ndarray) -> None:
    words = Images.from_ink(ink).words
    assert (np.bitwise_count(words).sum(1) == ink.sum((1, 2))).all()
    differing = np.bitwise_count(words[0] ^ words[1]).sum()
    assert differing == (ink[0] != ink[1]).sum()


def test_the_digest_is_of_the_packed_rows(ink: np.ndarray) -> None:
    by_hand = sha256(b"".join(np.packbits(image).tobytes() for image in ink)).hexdigest()
    assert Images.from_ink(ink).digest == by_hand


def test_a_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not \(n, 6\)"):
        Images(np.zeros((2, 7), np.uint8), 5, 9)
