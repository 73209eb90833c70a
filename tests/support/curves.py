"""A learning curve of one point."""

from __future__ import annotations

from harness.learning.point import Point
from harness.records.learning_curve import LearningCurve
from tests.support.dataset_ids import OMNIGLOT

CURVE = LearningCurve(
    dataset=OMNIGLOT,
    method="siamese",
    settings={"preset": "tiny"},
    seed=3,
    points=(Point(step=5, seconds=1.5, loss=0.25, accuracy=81.5),),
)
