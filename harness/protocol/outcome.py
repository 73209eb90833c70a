"""From scores to outcomes: which answers are right, with ties sharing the point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcomes:
    """A method's answer to each query of a task.

    Attributes:
        answer: ``(n_episodes, n_query)`` int, the way with the highest score, the first of a tie.
        tied: ``(n_episodes, n_query)`` int, how many ways share the highest score; 1 is no tie.
        right: ``(n_episodes, n_query)`` bool, whether the true way has the highest score.
        answer_score: ``(n_episodes, n_query)`` float32, the answer's score where it is wrong, NaN
            where it is right. None in records of an older schema.
        true_score: the score of the true way, likewise.
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
        """The accuracy: the mean of the points, in percent."""
        return 100 * float(self.credit.mean())

    def differs(self, other: Outcomes) -> NDArray[np.bool_]:
        """Return ``(n_episodes, n_query)`` bool: where the answer or the number of ties differs."""
        return (
            (self.answer != other.answer) | (self.tied != other.tied) | (self.right != other.right)
        )


def judge(scores: NDArray[np.float64], truth: NDArray[np.integer]) -> Outcomes:
    """Compare ``scores (n_episodes, n_query, n_way)`` with ``truth (n_episodes, n_query)``.

    Constant scores earn exactly 1/N, as guessing does: no position is favoured.
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
