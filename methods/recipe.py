"""How the embedding networks are trained: the same for all, so that the objectives compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import did_you_mean
from methods.distortion import Distortion


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a preset decides."""

    side: int  # of the image that the network sees
    width: int  # channels of its first block, of the last one 4 times as many
    steps: int
    kinds: int  # characters in a batch
    validations: int  # points of the learning curve


PRESETS: Mapping[str, Size] = {
    "default": Size(side=32, width=64, steps=1800, kinds=64, validations=6),
    "tiny": Size(side=20, width=16, steps=400, kinds=32, validations=2),
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained; chosen on ``omniglot@validation``, see docs/decisions.md."""

    preset: str = "default"  # or tiny: for a first look, in ten seconds
    side: int = 0  # 0: as in the preset; so are the next three
    width: int = 0
    steps: int = 0
    kinds: int = 0
    drawings: int = 2  # of each kind in a batch
    dimensions: int = 256  # of the embedding
    learning_rate: float = 2e-3  # at its highest, after the warm-up
    weight_decay: float = 0.05
    same_alphabet: float = 0.5  # share of batches from as few alphabets as possible
    rotations: bool = True  # turned characters as further kinds: Vinyals et al. 2016
    rotation: float = 12.0  # the distortions, see methods/distortion.py
    shear: float = 0.25
    scale: float = 0.2
    shift: float = 0.06
    elastic: float = 0.03
    held_out: int = 2  # background alphabets, to choose the checkpoint
    views: int = 5  # of each drawing, turned a little, whose embeddings are averaged
    view_angle: float = 8.0  # of the outermost views, in degrees
    half: bool = True  # bfloat16 while training: twice as fast where the processor has it

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ValueError(f"no preset {self.preset}; {did_you_mean(self.preset, PRESETS)}")
        if self.views < 1:
            raise ValueError(f"views={self.views} leaves nothing to embed; 1 is the drawing itself")
        if self.size.side < 16:
            raise ValueError(f"side={self.side} is too small; the network halves it four times")

    @property
    def size(self) -> Size:
        """The preset, with what was set beside it."""
        preset = PRESETS[self.preset]
        return Size(
            side=self.side or preset.side,
            width=self.width or preset.width,
            steps=self.steps or preset.steps,
            kinds=self.kinds or preset.kinds,
            validations=preset.validations,
        )

    @property
    def angles(self) -> tuple[float, ...]:
        """By how many degrees each view of a drawing is turned before it is embedded."""
        if self.views == 1:
            return (0.0,)
        step = 2 * self.view_angle / (self.views - 1)
        return tuple(view * step - self.view_angle for view in range(self.views))

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
