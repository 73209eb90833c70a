"""How the embedding networks are trained: the same for all, so that the objectives compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness import did_you_mean
from methods.distortion import BENT, Distortion


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a preset decides."""

    side: int  # of the image that the network sees
    width: int  # channels of its first block, of the last one 4 times as many
    steps: int
    classes: int  # characters in a batch
    validations: int  # points of the learning curve


PRESETS: Mapping[str, Size] = {
    "default": Size(side=32, width=64, steps=2400, classes=64, validations=12),
    "tiny": Size(side=20, width=16, steps=400, classes=32, validations=2),
}
PRECISIONS = ("bfloat16", "float32")
LEAST: Mapping[str, float] = {
    "side": 0,
    "width": 0,
    "steps": 0,
    "classes": 0,
    "drawings": 2,
    "dimensions": 1,
    "learning_rate": 0,
    "weight_decay": 0,
    "same_alphabet": 0,
    "scale": 0,
    "elastic": 0,
    "held_out": 1,
    "views": 1,
}
"""The least value of each setting that has one."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained.

    What was compared was compared on ``omniglot@validation``, see docs/decisions.md; the rest are
    first guesses that did well there.
    """

    preset: str = "default"  # or tiny: for a first look, in ten seconds
    side: int = 0  # of the image that the network sees; 0: as in the preset
    width: int = 0  # channels of its first block; 0: as in the preset
    steps: int = 0  # 0: as in the preset, what seven minutes of two cores allow
    classes: int = 0  # in a batch; 0: as in the preset
    drawings: int = 2  # of each class in a batch; a first guess
    dimensions: int = 256  # of the embedding; a first guess
    learning_rate: float = 2e-3  # at its highest, after the warm-up; a first guess
    weight_decay: float = 0.05  # of matrices and filters; a first guess
    same_alphabet: float = 0.5  # share of batches from as few alphabets as possible; compared: 0
    rotations: bool = True  # turned characters as further classes: Vinyals et al. 2016
    rotation: float = BENT.rotation  # degrees, of the distortion; a first guess, as all of it
    shear: float = BENT.shear  # of the distortion
    scale: float = 0.2  # of the distortion
    shift: float = BENT.shift  # of the distortion, in sides
    elastic: float = BENT.elastic  # of the distortion, in sides
    held_out: int = 2  # background alphabets, to choose the checkpoint; a first guess
    views: int = 5  # of each drawing, turned, whose embeddings are averaged; compared: 1, 3
    view_angle: float = 8.0  # of the outermost views, in degrees; a first guess
    precision: str = "bfloat16"  # while training: twice as fast where the processor has it; float32

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ValueError(f"no preset {self.preset}; {did_you_mean(self.preset, PRESETS)}")
        if self.precision not in PRECISIONS:
            hint = did_you_mean(self.precision, PRECISIONS)
            raise ValueError(f"no precision {self.precision}; {hint}")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)} is less than {least}")
        if self.size.side < 16:
            raise ValueError(f"side={self.side} is too small; the network halves it four times")
        if self.size.classes < 2:
            raise ValueError("classes=1 leaves nothing to tell apart; at least 2")
        if self.same_alphabet > 1:
            raise ValueError(f"same_alphabet={self.same_alphabet} is a share; at most 1")
        if self.scale >= 1:
            raise ValueError(f"scale={self.scale} makes drawings vanish; less than 1")

    @property
    def size(self) -> Size:
        """The preset, with what was set beside it."""
        preset = PRESETS[self.preset]
        return Size(
            side=self.side or preset.side,
            width=self.width or preset.width,
            steps=self.steps or preset.steps,
            classes=self.classes or preset.classes,
            validations=preset.validations,
        )

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
