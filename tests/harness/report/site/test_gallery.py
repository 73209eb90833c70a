from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.records.repetitions import read_task
from harness.report.leaderboard import rows
from harness.report.site import gallery as module
from harness.report.site.gallery import gallery
from harness.report.site.wrong_trials import Gallery, TaskGallery
from harness.report.tables import tables
from tests.support.dataset_ids import on_another

Make = Callable[..., Any]


def of(plugins: Plugins, *results: Any) -> Gallery:
    return gallery(tables(rows(results)), plugins)


def cut(task: TaskGallery, number: int) -> np.ndarray:
    """The drawing of this number, as the page cuts it from the sprite."""
    made = task.sprite
    picture = Image.open(io.BytesIO(b64decode(made.url.partition(",")[2])))
    alpha = np.asarray(picture.convert("RGBA"))[:, :, 3] > 0
    row, column = divmod(number, made.columns)
    return alpha[row * made.height :, column * made.width :][: made.height, : made.width]


def test_the_pictures_are_those_of_the_trials(answer: Make, plugins: Plugins) -> None:
    record = answer("a", share=0.7)
    (task,) = of(plugins, record).tasks
    ready = dealt(load_dataset("tiny", plugins), read_task("across-5w1s"), 60, plugins)
    wrong = np.flatnonzero(~record.outcomes.right[:, 0])
    assert [query.trial - 1 for query in task.queries] == wrong.tolist()
    assert (task.n_queries, task.n_all) == (60, 60)
    (answers,) = task.methods
    assert answers.wrong.query == list(range(len(wrong)))
    for place, query in enumerate(task.queries):
        episode = query.trial - 1
        ink = ready.episodes.pool.ink
        support = ready.episodes.support[episode, :, 0]
        assert query.cluster == ready.key.clusters[ready.key.cluster[episode]]
        assert (cut(task, query.drawing) == ink(int(ready.episodes.query[episode, 0]))).all()
        true = int(support[ready.key.truth[episode, 0]])
        assert (cut(task, query.true_drawing) == ink(true)).all()
        answered = int(support[record.outcomes.answer[episode, 0]])
        assert (cut(task, answers.wrong.drawing[place]) == ink(answered)).all()
        assert answers.wrong.true_score[place] == -1.0
        score = answers.wrong.score[place]
        assert score is not None and 0 <= score <= 1


def test_what_somebody_got_wrong_is_there_for_all(answer: Make, plugins: Plugins) -> None:
    one, two = answer("a", share=0.8), answer("bb", share=0.6)
    (task,) = of(plugins, one, two).tasks
    both = (one.outcomes.right & two.outcomes.right)[:, 0]
    assert len(task.queries) == (~both).sum()
    by_label = {each.label: each for each in task.methods}
    assert len(by_label["a"].wrong.query) == (~one.outcomes.right).sum()
    assert len(by_label["bb"].wrong.query) == (~two.outcomes.right).sum()


def test_of_several_seeds_the_first_is_shown(answer: Make, plugins: Plugins) -> None:
    first, second = answer("a", seed=3), answer("a", seed=4)
    (task,) = of(plugins, second, first).tasks
    assert task.methods[0].seed == 3
    assert len(task.methods[0].wrong.query) == (~first.outcomes.right).sum()


def test_two_variants_of_a_method_stand_apart(answer: Make, plugins: Plugins) -> None:
    old, new = answer("a", seed=3, source="old", share=0.3), answer("a", seed=4, source="new")
    (task,) = of(plugins, old, new).tasks
    found = {each.label: len(each.wrong.query) for each in task.methods}
    assert found == {
        "a, seed 3": (~old.outcomes.right).sum(),
        "a, seed 4": (~new.outcomes.right).sum(),
    }


def test_a_variant_of_the_longer_task_stands_apart_too(answer: Make, plugins: Plugins) -> None:
    short = answer("a", n_episodes=20, source="new", share=0.3)
    long = answer("a", n_episodes=60, source="old", share=0.8)
    task = next(each for each in of(plugins, short, long).tasks if "20 episodes" in each.title)
    found = {each.label: len(each.wrong.query) for each in task.methods}
    assert found == {
        "a, of 20 episodes": (~short.outcomes.right).sum(),
        "a, of 60 episodes": (~long.outcomes.right[:20]).sum(),
    }


def test_a_method_is_not_shown_a_second_time_by_its_longer_record(
    answer: Make, plugins: Plugins
) -> None:
    found = of(plugins, answer("a", n_episodes=20), answer("a", n_episodes=60))
    task = next(each for each in found.tasks if "20 episodes" in each.title)
    assert [each.label for each in task.methods] == ["a"]


def test_of_many_methods_the_best_are_shown(
    answer: Make, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_METHODS", 2)
    shares = {"a": 0.2, "bb": 0.9, "ccc": 0.6}
    (task,) = of(plugins, *(answer(name, share=share) for name, share in shares.items())).tasks
    assert [each.label for each in task.methods] == ["bb", "ccc"]
    assert task.n_left_out == 1


def test_of_several_shots_it_is_told(answer: Make, plugins: Plugins) -> None:
    (task,) = of(plugins, answer("a", "across-5w2s")).tasks
    assert task.n_shot == 2


def test_records_without_scores_have_pictures_all_the_same(answer: Make, plugins: Plugins) -> None:
    record = answer("a")
    bare = replace(record.outcomes, answer_score=None, true_score=None)
    (task,) = of(plugins, replace(record, outcomes=bare)).tasks
    wrong = task.methods[0].wrong
    assert len(wrong.query) > 9
    assert {*wrong.score, *wrong.true_score} == {None}


def test_who_answered_the_first_trials_stands_beside_who_answered_all(
    answer: Make, plugins: Plugins
) -> None:
    short = answer("human[name=ada]", n_episodes=20, share=0.6)
    long = answer("a", n_episodes=60, share=0.6)
    found = of(plugins, short, long)
    (person,) = (task for task in found.tasks if "20 episodes" in task.title)
    found_wrong = {each.label: len(each.wrong.query) for each in person.methods}
    assert found_wrong == {
        "human[name=ada]": (~short.outcomes.right).sum(),
        "a": (~long.outcomes.right[:20]).sum(),
    }
    assert list(found_wrong.values()) == sorted(found_wrong.values())  # the best first
    (others,) = (task for task in found.tasks if "60 episodes" in task.title)
    assert [each.label for each in others.methods] == ["a"]


def test_a_person_is_shown_where_the_methods_trials_cannot_be_dealt(
    answer: Make, plugins: Plugins
) -> None:
    long = replace(answer("a", n_episodes=60), manifest="f" * 64)
    found = of(plugins, answer("human[name=ada]", n_episodes=20), long)
    assert [[each.label for each in task.methods] for task in found.tasks] == [["human[name=ada]"]]
    (line,) = found.left_out
    assert "60 episodes" in line


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"manifest": "f" * 64}, "draws other episodes"),
        ({"fingerprint": "f" * 64}, "other pixels"),
        ({"name": "gone"}, "gone"),
    ],
)
def test_what_cannot_be_dealt_again_is_named(
    answer: Make, plugins: Plugins, change: dict[str, str], reason: str
) -> None:
    record = answer("a")
    if "manifest" in change:
        record = replace(record, **change)
    else:
        record = replace(record, identity=on_another(record.identity, **change))
    found = of(plugins, record)
    assert found.tasks == ()
    (line,) = found.left_out
    assert reason in line


def test_background_tasks_are_not_shown(answer: Make, plugins: Plugins) -> None:
    assert of(plugins, answer("a", "across-5w1s@background")) == Gallery()


def test_it_takes_no_more_room_than_there_is(answer: Make, plugins: Plugins) -> None:
    results = [answer("a", task, share=0.2) for task in ("across-5w1s", "across-6w1s")]
    shown = tables(rows(results))
    first, second = gallery(shown, plugins).tasks
    whole = first.n_bytes + second.n_bytes
    assert len(gallery(shown, plugins, whole).tasks) == 2
    found = gallery(shown, plugins, whole - 1)
    assert [task.title for task in found.tasks] == ["tiny across-5w1s (60 episodes)"]
    assert found.left_out == (
        "tiny across-6w1s (60 episodes): the page has no room for more images",
    )


def test_nobody_wrong_leaves_nothing_to_show(answer: Make, plugins: Plugins) -> None:
    assert of(plugins, answer("a", share=1.0)) == Gallery()
