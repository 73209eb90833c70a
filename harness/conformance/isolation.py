"""Checks that the episodes and queries of one call do not influence each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.faults import NotApplicable
from harness.conformance.method_under_test import MethodUnderTest
from harness.conformance.repetition import SAME
from harness.conformance.scores import require_same

PARTS = (slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 10), slice(10, None))
"""Episodes scored in one call: parts of several sizes, so that batches are composed differently."""
DECLARED = "it is declared transductive"
OR_DECLARE = "or declare the method transductive=True"


@check(*SAME)
def episodes_alone(tested: MethodUnderTest) -> None:
    """Episodes scored a few at a time have the same scores as all at once."""
    if tested.spec.transductive:
        raise NotApplicable(DECLARED)
    method = tested.fresh()
    parts = [tested.scores(method, tested.episodes()[part]) for part in PARTS]
    require_same(
        tested.reference,
        np.concatenate(parts),
        when="when few episodes are scored at a time",
        advice=f"look for statistics of a batch, or a last batch that is dropped, {OR_DECLARE}",
    )


@check(*SAME, episodes_alone)
def queries_alone(tested: MethodUnderTest) -> None:
    """Queries scored one at a time have the same scores as all of an episode at once."""
    if tested.spec.transductive:
        raise NotApplicable(DECLARED)
    method, columns = tested.fresh(), []
    for column in range(tested.truth.shape[1]):
        episodes = tested.episodes()
        one = replace(episodes, query=episodes.query[:, column : column + 1])
        columns.append(tested.scores(method, one))
    require_same(
        tested.reference,
        np.concatenate(columns, axis=1),
        when="when each query is scored alone",
        advice=f"score each query as if it were the only one, {OR_DECLARE}",
    )
