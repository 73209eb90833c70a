"""How the embedding networks are trained: the same for all, so that the objectives compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from harness import did_you_mean
from methods.distortion import BENT, Distortion

PRECISIONS = ("bfloat16", "float32")
LEAST: Mapping[str, float] = {
    "side": 16,  # the network halves it four times
    "width": 1,
    "steps": 1,
    "classes": 2,
    "drawings": 2,
    "dimensions": 1,
    "learning_rate": 0,
    "weight_decay": 0,
    "same_group": 0,
    "scale": 0,
    "elastic": 0,
    "held_out": 1,
    "validations": 1,
    "views": 1,
}
"""The least value of each setting that has one."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained.

    Values that were compared were compared on ``omniglot@validation``, see docs/decisions.md; the
    rest are first guesses that did well there.
    """

    side: int = 32  # pixels of the image that the network sees
    width: int = 64  # channels of the first block; the last one has 4 times as many
    steps: int = 2400  # those that two cores do in seven minutes
    classes: int = 64  # in a batch
    drawings: int = 2  # of each class in a batch; a first guess
    dimensions: int = 256  # of the embedding; a first guess
    learning_rate: float = 2e-3  # at its highest, after the warm-up; a first guess
    weight_decay: float = 0.05  # of matrices and filters; a first guess
    same_group: float = 0.5  # share of batches from as few alphabets as possible; compared: 0
    rotations: bool = True  # turned characters as further classes: Vinyals et al. 2016
    rotation: float = BENT.rotation  # degrees, of the distortion; a first guess, as all of it
    shear: float = BENT.shear  # of the distortion
    scale: float = 0.2  # of the distortion
    shift: float = BENT.shift  # of the distortion, in sides
    elastic: float = BENT.elastic  # of the distortion, in sides
    held_out: int = 2  # background alphabets, to choose the checkpoint; a first guess
    validations: int = 12  # points of the learning curve, each a candidate checkpoint
    views: int = 5  # of each drawing, turned, whose embeddings are averaged; compared: 1, 3
    view_angle: float = 8.0  # of the outermost views, in degrees; a first guess
    precision: str = "bfloat16"  # while training: twice as fast where the processor has it; float32

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            hint = did_you_mean(self.precision, PRECISIONS)
            raise ValueError(f"no precision {self.precision}; {hint}")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)} is less than {least}")
        if self.same_group > 1:
            raise ValueError(f"same_group={self.same_group} is a share; at most 1")
        if self.scale >= 1:
            raise ValueError(f"scale={self.scale} makes drawings vanish; less than 1")

    @property
    def distortion(self) -> Distortion:
        """How drawings are bent."""
        return Distortion(
            rotation=self.rotation,
            shear=self.shear,
            smallest=1 - self.scale,
            largest=1 + self.scale,
            shift=self.shift,
            elastic=self.elastic,
        )


RecipeT = TypeVar("RecipeT", bound=Recipe)


def tiny(recipe: RecipeT) -> RecipeT:
    """Return the preset for a first look, which is trained in ten seconds."""
    return replace(recipe, side=20, width=16, steps=400, classes=32, validations=2)
