"""A small residual convolutional network in PyTorch, made to be trained on a few processor cores.

After He et al. 2016, "Deep residual learning for image recognition". The stem halves the image
before the first block, where a third of the time would go; pooling is by maximum, which keeps
thin strokes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def residual_network(width: int, dimensions: int, side: int) -> nn.Module:
    """Return a module that takes ``(n, 1, side, side)`` to ``(n, dimensions)``.

    Args:
        width: channels of the stem and the first block; the next ones have 2 and 4 times as many.
        dimensions: of the embedding.
        side: of the images, in pixels; at least 16.
    """
    from torch import nn

    widths = (width, width, 2 * width, 4 * width)
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1, bias=False),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        *(_block(before, after) for before, after in pairwise(widths)),  # each halves the side
        nn.Flatten(),
        nn.Linear(4 * width * (side // 16) ** 2, dimensions),
    )


def _block(before: int, after: int) -> nn.Module:
    """Return two 3 x 3 convolutions beside a 1 x 1 one, summed, then halved."""
    from torch import nn

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.path = nn.Sequential(
                nn.Conv2d(before, after, 3, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
                nn.Conv2d(after, after, 3, padding=1, bias=False),
                nn.BatchNorm2d(after),
            )
            self.beside = nn.Conv2d(before, after, 1, bias=False)

        def forward(self, x: Tensor) -> Tensor:
            # (n, before, s, s) -> (n, after, s / 2, s / 2)
            return nn.functional.max_pool2d((self.path(x) + self.beside(x)).relu(), 2)

    return Block()
