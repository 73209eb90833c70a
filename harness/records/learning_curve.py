"""Learning curves: how loss and validation accuracy went while a method was trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import RecordError
from harness.learning.point import Point
from harness.protocol.dataset import DatasetId
from harness.protocol.file_names import dataset_folder, method_folder
from harness.protocol.settings import MethodChoice

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class LearningCurve:
    """The learning curve of one training.

    Attributes:
        dataset: what it learnt from.
        method: the method's name.
        settings: the settings that differ from the method's defaults.
        seed: the method's seed.
        points: at least one, by step.
    """

    dataset: DatasetId
    method: str
    settings: Mapping[str, str]
    seed: int
    points: tuple[Point, ...]

    @property
    def choice(self) -> MethodChoice:
        """The method, its settings in one order."""
        return MethodChoice(name=self.method, pairs=tuple(self.settings.items())).in_order

    @property
    def path(self) -> Path:
        """Where it stands, under a results folder's ``curves``."""
        folder = dataset_folder(self.dataset)
        return Path(folder) / method_folder(self.method, self.settings) / f"seed-{self.seed}.json"

    def to_json(self) -> str:
        """Return the text of its file."""
        body = asdict(self)
        dataset = body.pop("dataset")
        first = {"schema": SCHEMA, "dataset": dataset.pop("name")}
        return json.dumps({**first, **dataset, **body}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> LearningCurve:
        """Read what ``to_json`` wrote.

        Raises:
            RecordError: its schema is newer.
        """
        body: dict[str, Any] = json.loads(text)
        if body.pop("schema") != SCHEMA:
            raise RecordError(f"this version reads curves of schema {SCHEMA}; upgrade oneshot")
        dataset = DatasetId(
            name=body.pop("dataset"),
            fingerprint=body.pop("fingerprint"),
            synthetic=body.pop("synthetic"),
        )
        points = tuple(Point(**point) for point in body.pop("points"))
        return cls(dataset=dataset, points=points, **body)
