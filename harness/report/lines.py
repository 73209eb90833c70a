"""The lines of accuracy against N: one for each variant of a method on a curve."""

from __future__ import annotations

from dataclasses import dataclass

from harness.protocol.settings import MethodChoice
from harness.records.repetitions import Variant
from harness.report.tables import Curve
from harness.statistics.accuracy import Accuracy


@dataclass(frozen=True, kw_only=True)
class Line:
    """The points of one variant of a method on a curve, by rising N; where it failed is none."""

    method: MethodChoice
    label: str
    ways: tuple[int, ...]
    accuracy: tuple[Accuracy, ...]


def lines(curve: Curve) -> tuple[Line, ...]:
    """Return the variants' lines, that which ends lowest first."""
    points: dict[Variant, list[tuple[int, Accuracy]]] = {}
    labels = {}
    for table in curve.tables:
        for row in table.measured:
            if row.accuracy is not None:
                points.setdefault(row.variant, []).append((table.n_way, row.accuracy))
                labels[row.variant] = row.label
    found = [
        Line(
            method=variant.method,
            label=labels[variant],
            ways=tuple(n_way for n_way, _ in line),
            accuracy=tuple(accuracy for _, accuracy in line),
        )
        for variant, line in points.items()
    ]
    return tuple(sorted(found, key=lambda line: (line.accuracy[-1].mean, line.label)))
