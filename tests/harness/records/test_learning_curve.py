from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.protocol.dataset import DatasetId
from harness.records.learning_curve import LearningCurve
from harness.records.store import read_curves, write_curve
from tests.support.curves import CURVE


def test_a_curve_stands_beside_the_records(tmp_path: Path) -> None:
    path = write_curve(CURVE, tmp_path)
    assert path.relative_to(tmp_path).parts[:2] == ("curves", "omniglot")
    assert list(read_curves(tmp_path)) == [CURVE]


def test_seeds_settings_and_folders_are_told_apart(tmp_path: Path) -> None:
    mine = DatasetId(name="folder:mine", fingerprint="abababababab", synthetic=False)
    other = replace(CURVE, dataset=mine)
    curves = [CURVE, replace(CURVE, seed=4), replace(CURVE, settings={}), other]
    assert len({write_curve(curve, tmp_path) for curve in curves}) == 4


def test_a_newer_schema_is_refused() -> None:
    newer = CURVE.to_json().replace('"schema": 1', '"schema": 2')
    with pytest.raises(RecordError, match="upgrade oneshot"):
        LearningCurve.from_json(newer)


def test_a_damaged_curve_is_named(tmp_path: Path) -> None:
    path = write_curve(CURVE, tmp_path)
    path.write_text("{}")
    with pytest.raises(RecordError, match=r"seed-3.json is not a readable record"):
        list(read_curves(tmp_path))
