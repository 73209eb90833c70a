"""From scores to outcomes: who was right, with ties sharing the point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """What a method answered to every query of a task.

    Attributes:
        answer: ``(n_episodes, n_query)`` int, the way that scored highest, the first of a tie.
        tied: ``(n_episodes, n_query)`` int, how many ways share the highest score; 1 is no tie.
        right: ``(n_episodes, n_query)`` bool, whether the true way is among them.
        answer_score: ``(n_episodes, n_query)`` float32, what the answer scored, where the true way
            is not among the highest; NaN elsewhere. None in records from before it was kept.
        true_score: the same of the true way.
    """

    answer: NDArray[np.integer]
    tied: NDArray[np.integer]
    right: NDArray[np.bool_]
    answer_score: NDArray[np.float32] | None = None
    true_score: NDArray[np.float32] | None = None

    @property
    def credit(self) -> NDArray[np.float64]:
        """``(n_episodes, n_query)`` points: 1/k where k ways tie at the top and one is true."""
        return np.where(self.right, 1 / self.tied, 0.0)

    @property
    def percent(self) -> float:
        """The accuracy: the mean of all points, in percent."""
        return 100 * float(self.credit.mean())

    def differs(self, other: Outcomes) -> NDArray[np.bool_]:
        """``(n_episodes, n_query)``: which queries are answered otherwise, or with other ties."""
        return (
            (self.answer != other.answer) | (self.tied != other.tied) | (self.right != other.right)
        )


def judge(scores: NDArray[np.float64], truth: NDArray[np.integer]) -> Outcomes:
    """Compare ``scores (n_episodes, n_query, n_way)`` with ``truth (n_episodes, n_query)``.

    A constant score earns exactly 1/N: no position is favoured.
    """
    highest = scores.max(axis=-1, keepdims=True)
    top = scores == highest
    right = np.take_along_axis(top, truth[:, :, None], axis=-1)[:, :, 0]
    true = np.take_along_axis(scores, truth[:, :, None], axis=-1)[:, :, 0]
    return Outcomes(
        answer=top.argmax(axis=-1),
        tied=top.sum(axis=-1),
        right=right,
        answer_score=np.where(right, np.nan, highest[:, :, 0]).astype(np.float32),
        true_score=np.where(right, np.nan, true).astype(np.float32),
    )
