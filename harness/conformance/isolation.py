"""Checks that what is asked at once has no influence on each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.conformance.check import check
from harness.conformance.faults import NotApplicable
from harness.conformance.method_under_test import Subject
from harness.conformance.repetition import SAME
from harness.conformance.scores import require_same

PARTS = (slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 10), slice(10, None))
"""Episodes asked about together: few images, then more, so that batches are composed anew."""
DECLARED = "it is declared transductive"
OR_DECLARE = "or declare the method transductive=True"


@check(*SAME)
def episodes_alone(subject: Subject) -> None:
    """Asked a few at a time, episodes have the scores they have all at once."""
    if subject.spec.transductive:
        raise NotApplicable(DECLARED)
    method = subject.fresh()
    parts = [subject.scores(method, subject.episodes()[part]) for part in PARTS]
    require_same(
        subject.reference,
        np.concatenate(parts),
        when="when few episodes are asked about at a time",
        advice=f"look for statistics of a batch, or one that is cut short, {OR_DECLARE}",
    )


@check(*SAME, episodes_alone)
def queries_alone(subject: Subject) -> None:
    """Asked one at a time, the queries of an episode have the scores they have all at once."""
    if subject.spec.transductive:
        raise NotApplicable(DECLARED)
    method, columns = subject.fresh(), []
    for place in range(subject.truth.shape[1]):
        episodes = subject.episodes()
        one = replace(episodes, query=episodes.query[:, place : place + 1])
        columns.append(subject.scores(method, one))
    require_same(
        subject.reference,
        np.concatenate(columns, axis=1),
        when="when each query is asked about alone",
        advice=f"score each query as if it were the only one, {OR_DECLARE}",
    )
