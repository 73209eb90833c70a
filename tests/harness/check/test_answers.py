from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.check.answers import Entry, answers
from harness.check.finding import Mark
from harness.check.scatter import SeedScatter
from harness.records.record import Failure, Record
from harness.records.repetitions import method_of, question_of

Make = Callable[..., Record]
ALONE = SeedScatter(dispersion=1.0, n_tasks=1, n_methods=1)


def entry(before: list[Record], after: list[Record]) -> Entry:
    identity = before[0].identity
    return Entry(
        question=question_of(identity),
        method=method_of(identity),
        before={record.identity.seed: record for record in before},
        after={record.identity.seed: record for record in after},
        results=Path("now"),
    )


def trained(make_record: Make, *right: float, n_queries: int = 1000) -> list[Record]:
    return [
        make_record("m", seed=seed, seeded=True, right=points, n_queries=n_queries)
        for seed, points in enumerate(right)
    ]


def test_a_tie_that_is_broken_is_a_flip(make_record: Make) -> None:
    before, after = make_record(right=4.5), make_record(right=5)
    found = answers(entry([before], [after]), ALONE)
    assert found.mark is Mark.CHANGED
    (flip,) = found.flips
    assert (flip.episode, flip.before, flip.after, flip.gain) == (4, 0, 0, 0.5)


def test_an_answer_that_is_wrong_in_another_way_is_a_flip(make_record: Make) -> None:
    before = make_record(right=10)
    answer = before.outcomes.answer.copy()
    answer[15] = 3
    after = replace(before, outcomes=replace(before.outcomes, answer=answer))
    found = answers(entry([before], [after]), ALONE)
    assert (found.mark, len(found.flips), found.flips[0].gain) == (Mark.CHANGED, 1, 0)


def test_one_training_does_not_show_how_the_next_may_differ(make_record: Make) -> None:
    one, other = trained(make_record, 900), trained(make_record, 890)
    assert answers(entry(one, one), ALONE).mark is Mark.PASSED
    found = answers(entry(one, other), ALONE)
    assert found.mark is Mark.NOT_COMPARABLE
    assert "--seeds 0-2" in found.text


def test_more_seeds_than_the_baseline_has_do_no_harm(make_record: Make) -> None:
    records = trained(make_record, 900, 904, 908, 100)
    assert answers(entry(records[:3], records), ALONE).mark is Mark.PASSED


def test_seeds_of_two_versions_of_the_code_are_not_mixed(make_record: Make) -> None:
    records = trained(make_record, 900, 904, 908)
    mixed = [*records[:2], replace(records[2], source="d" * 64)]
    found = answers(entry(records, mixed), ALONE)
    assert found.mark is Mark.NOT_COMPARABLE and "more than one version" in found.text


def test_a_seed_that_fails_and_is_new_is_a_failure(
    make_record: Make, make_failure: Callable[..., Failure]
) -> None:
    records = trained(make_record, 900, 904)
    changed = entry(records, records)
    changed = replace(changed, after={**changed.after, 7: make_failure("m", seed=7)})
    assert answers(changed, ALONE).mark is Mark.FAILED


def test_a_missing_result_names_the_command_that_measures_it(make_record: Make) -> None:
    before = [make_record("m[a=1]", dataset="sketch", n_episodes=200)]
    found = answers(replace(entry(before, before), after={}), ALONE)
    assert found.text.endswith(
        "oneshot run -m 'm[a=1]' -t across-5w1s --data sketch --episodes 200 --seeds 0 "
        "--results now"
    )


def test_seeds_of_a_method_that_is_no_longer_seeded_are_to_be_deleted(make_record: Make) -> None:
    found = answers(entry(trained(make_record, 900, 904), [make_record("m")]), ALONE)
    assert found.mark is Mark.MISSING and "no longer seeded" in found.text
