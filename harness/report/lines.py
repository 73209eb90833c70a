"""The lines of accuracy against N: one for each method of a curve."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.tables import Curve
from harness.settings import MethodChoice
from harness.statistics import Accuracy


@dataclass(frozen=True, kw_only=True)
class Line:
    """A method's points on one curve, by rising N; where it failed there is none."""

    method: MethodChoice
    label: str
    ways: tuple[int, ...]
    accuracy: tuple[Accuracy, ...]


def lines(curve: Curve) -> tuple[Line, ...]:
    """Return the methods' lines, that which ends lowest first."""
    points: dict[MethodChoice, list[tuple[int, Accuracy]]] = {}
    labels = {}
    for table in curve.tables:
        for row in table.measured:
            if row.accuracy is not None:
                points.setdefault(row.method, []).append((table.n_way, row.accuracy))
                labels[row.method] = row.label
    found = [
        Line(
            method=method,
            label=labels[method],
            ways=tuple(n_way for n_way, _ in line),
            accuracy=tuple(accuracy for _, accuracy in line),
        )
        for method, line in points.items()
    ]
    return tuple(sorted(found, key=lambda line: (line.accuracy[-1].mean, line.label)))
