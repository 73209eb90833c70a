from __future__ import annotations

import pytest

from harness.running.cluster.submission import Submission
from tests.support.jobs import FIVE, job


@pytest.mark.parametrize(
    ("n_begun", "n_sent", "again"), [(0, 1, True), (2, 2, True), (3, 3, False), (0, 10, False)]
)
def test_a_job_that_is_lost_with_its_workers_is_sent_again_so_often(
    n_begun: int, n_sent: int, again: bool
) -> None:
    submission = Submission(job=job("l2-1nn", FIVE), n_begun=n_begun, n_sent=n_sent)
    assert submission.may_go_again == again
