"""How the embedding networks are trained: the same for all, so that the objectives compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import did_you_mean
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
    "default": Size(side=32, width=64, steps=3600, classes=64, validations=12),
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
    """How a network is trained; chosen on ``omniglot@validation``, see docs/decisions.md."""

    preset: str = "default"  # or tiny: for a first look, in ten seconds
    side: int = 0  # 0: as in the preset; so are the next three
    width: int = 0
    steps: int = 0
    classes: int = 0
    drawings: int = 2  # of each class in a batch
    dimensions: int = 256  # of the embedding
    learning_rate: float = 2e-3  # at its highest, after the warm-up
    weight_decay: float = 0.05
    same_alphabet: float = 0.5  # share of batches from as few alphabets as possible
    rotations: bool = True  # turned characters as further classes: Vinyals et al. 2016
    rotation: float = BENT.rotation  # the distortions, see methods/distortion.py
    shear: float = BENT.shear
    scale: float = 0.2
    shift: float = BENT.shift
    elastic: float = BENT.elastic
    held_out: int = 2  # background alphabets, to choose the checkpoint
    views: int = 5  # of each drawing, turned a little, whose embeddings are averaged
    view_angle: float = 8.0  # of the outermost views, in degrees
    precision: str = "bfloat16"  # while training: twice as fast where the processor has it

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
