"""Plugin files: a tiny dataset with methods that misbehave, one that learns, and secret data."""

from __future__ import annotations

PLUGIN = '''
"""A tiny dataset, and methods that behave and misbehave."""

import os, signal, time
from dataclasses import dataclass

import numpy as np

from harness import Dataset, DatasetSpec, Images, MethodSpec, Split, hookimpl


def split(seed):
    rng = np.random.default_rng(seed)
    ink = (rng.random((30, 1, 11, 11)) < 0.3) ^ (rng.random((30, 4, 11, 11)) < 0.15)
    return Split(
        images=Images.from_ink(ink.reshape(-1, 11, 11)),
        label=np.repeat(np.arange(30, dtype=np.int32), 4),
        source=np.tile(np.arange(4, dtype=np.int32), 30),
        group=np.repeat(np.arange(6, dtype=np.int32), 5),
        groups=tuple("ABCDEF"),
        classes=tuple(f"{a}/{c}" for a in "ABCDEF" for c in range(5)),
    )


@hookimpl
def oneshot_dataset():
    return DatasetSpec(name="tiny", load=lambda argument: Dataset(
        name="tiny", synthetic=True, background=split(1), evaluation=split(2)))


@dataclass(frozen=True, kw_only=True)
class Settings:
    does: str = "answer"
    wait: float = 0.0


class Odd:
    def __init__(self, settings):
        self.settings = settings

    def fit(self, background, training):
        print("a method may print what it likes")
        self.rng = np.random.default_rng(training.seed)
        if self.settings.does == "crash in fit":
            raise RuntimeError("no\\nsuch luck")

    def score(self, episodes):
        time.sleep(self.settings.wait)
        scores = self.rng.random((len(episodes), 1, episodes.n_way))
        match self.settings.does:
            case "nan":
                scores[3] = np.nan
            case "shape":
                return scores[:, 0]
            case "nothing":
                return None
            case "words":
                return scores.astype(str)
            case "die":
                os._exit(7)
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "second" if episodes.n_way == 3:
                raise ValueError("three is too many")
            case "hang":
                time.sleep(600)
        return scores


@hookimpl
def oneshot_method():
    return MethodSpec(name="odd", build=Odd, settings=Settings, seeded=True)
'''

LEARNS = """
import time
from dataclasses import dataclass

import numpy as np

from harness import MethodSpec, from_embedding, hookimpl


@dataclass(frozen=True, kw_only=True)
class Settings:
    wait: float = 0.0
    diverges: bool = False


class Weights:
    # learns which pixels to look at, somewhat at random

    def __init__(self, settings):
        self.settings = settings

    def fit(self, background, training):
        rest, held = background.hold_out(2, seed=training.seed)
        self.weights, self.ink = np.zeros((11, 11)), rest.images.ink()
        training.run(self, n_steps=40, held_out=held, validate_every=10)

    def step(self, number, rng):
        time.sleep(self.settings.wait)
        with open(__file__ + ".steps", "a") as steps:
            print(number, file=steps)
        self.weights += rng.random((11, 11)) * self.ink[rng.integers(len(self.ink))]
        return np.nan if self.settings.diverges and number == 7 else 1 / (1 + number)

    def embed(self, images):
        return (images * self.weights).reshape(len(images), -1)

    def score(self, episodes):
        return from_embedding(self).score(episodes)

    def save(self, folder):
        np.save(folder / "weights.npy", self.weights)

    def load(self, folder):
        self.weights = np.load(folder / "weights.npy")


@hookimpl
def oneshot_method():
    return MethodSpec(
        name="learns", build=lambda s: from_embedding(Weights(s)), settings=Settings, seeded=True
    )
"""

SECRET = '''
"""A dataset that only the caller sees."""

import os

from harness import DatasetSpec, hookimpl
from harness.errors import DataError


def load(argument):
    with open(__file__ + ".loads", "a") as loads:
        print(os.getpid(), file=loads)
    if not os.environ.get("SEES_THE_DATA"):
        raise DataError("there is no such thing here")
    from my_plugin import oneshot_dataset as tiny
    return tiny().load(argument)


@hookimpl
def oneshot_dataset():
    return DatasetSpec(name="secret", load=load)
'''
