from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from harness.records.record import Failure, Record
from harness.records.store import read_all, write
from harness.report.leaderboard import rows
from harness.report.reading import results_of


def test_the_first_seed_is_whole_and_the_others_earn_the_same(
    make_record, make_failure, tmp_path: Path
) -> None:
    for seed, right in ((10, 12), (9, 12.5), (8, 3)):
        made = make_record("siamese", right=right, seed=seed)
        answer = np.full_like(made.outcomes.answer, 4)
        write(replace(made, outcomes=replace(made.outcomes, answer=answer)), tmp_path)
    write(make_record("siamese", right=1, seed=11, manifest="of other episodes"), tmp_path)
    changed = make_record("siamese", right=5, seed=12, source="changed since")
    answer = np.full_like(changed.outcomes.answer, 3)
    write(replace(changed, outcomes=replace(changed.outcomes, answer=answer)), tmp_path)
    write(make_failure("matching"), tmp_path)
    kept, whole = list(results_of(tmp_path)), list(read_all(tmp_path))
    assert rows(kept) == rows(whole)
    by_seed = {result.identity.seed: result for result in kept if isinstance(result, Record)}
    assert {seed: int(result.outcomes.answer.max()) for seed, result in by_seed.items()} == {
        8: 4, 9: 0, 10: 0, 11: 0, 12: 3,
    }  # fmt: skip
    assert by_seed[9].cluster is by_seed[10].cluster
    assert by_seed[9].environment is by_seed[10].environment
    assert sum(isinstance(result, Failure) for result in kept) == 1
