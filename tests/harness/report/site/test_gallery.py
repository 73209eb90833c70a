from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.datasets import load_dataset
from harness.job import dealt
from harness.plugins import Plugins
from harness.repetitions import read_task
from harness.report.leaderboard import rows
from harness.report.site import gallery as module
from harness.report.site.gallery import Gallery, TaskGallery, gallery
from harness.report.tables import tables

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
    for query, said in zip(task.queries, answers.wrong, strict=True):
        episode = query.trial - 1
        ink = ready.episodes.pool.ink
        support = ready.episodes.support[episode, :, 0]
        assert query.cluster == ready.key.clusters[ready.key.cluster[episode]]
        assert (cut(task, query.drawing) == ink(int(ready.episodes.query[episode, 0]))).all()
        true = int(support[ready.key.truth[episode, 0]])
        assert (cut(task, query.true_drawing) == ink(true)).all()
        answered = int(support[record.outcomes.answer[episode, 0]])
        assert (cut(task, said.drawing) == ink(answered)).all()
        assert said.true_score == -1.0
        assert said.score is not None and 0 <= said.score <= 1


def test_what_somebody_got_wrong_is_there_for_all(answer: Make, plugins: Plugins) -> None:
    one, two = answer("a", share=0.8), answer("bb", share=0.6)
    (task,) = of(plugins, one, two).tasks
    both = (one.outcomes.right & two.outcomes.right)[:, 0]
    assert len(task.queries) == (~both).sum()
    by_label = {each.label: each for each in task.methods}
    assert len(by_label["a"].wrong) == (~one.outcomes.right).sum()
    assert len(by_label["bb"].wrong) == (~two.outcomes.right).sum()


def test_of_several_seeds_the_first_is_shown(answer: Make, plugins: Plugins) -> None:
    first, second = answer("a", seed=3), answer("a", seed=4)
    (task,) = of(plugins, second, first).tasks
    assert task.methods[0].seed == 3
    assert len(task.methods[0].wrong) == (~first.outcomes.right).sum()


def test_records_without_scores_have_pictures_all_the_same(answer: Make, plugins: Plugins) -> None:
    record = answer("a")
    bare = replace(record.outcomes, answer_score=None, true_score=None)
    (task,) = of(plugins, replace(record, outcomes=bare)).tasks
    assert {(said.score, said.true_score) for said in task.methods[0].wrong} == {(None, None)}


def test_who_answered_the_first_trials_stands_beside_who_answered_all(
    answer: Make, plugins: Plugins
) -> None:
    short = answer("human[name=ada]", n_episodes=20, share=0.6)
    long = answer("a", n_episodes=60, share=0.6)
    found = of(plugins, short, long)
    (person,) = (task for task in found.tasks if "20 episodes" in task.title)
    assert [each.label for each in person.methods] == ["human[name=ada]", "a"]
    assert len(person.methods[1].wrong) == (~long.outcomes.right[:20]).sum()
    (others,) = (task for task in found.tasks if "60 episodes" in task.title)
    assert [each.label for each in others.methods] == ["a"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"manifest": "f" * 64}, "draws other episodes"),
        ({"fingerprint": "f" * 64}, "other pixels"),
        ({"dataset": "gone"}, "gone"),
    ],
)
def test_what_cannot_be_dealt_again_is_named(
    answer: Make, plugins: Plugins, change: dict[str, str], reason: str
) -> None:
    record = answer("a")
    if "manifest" in change:
        record = replace(record, **change)
    else:
        record = replace(record, identity=replace(record.identity, **change))
    found = of(plugins, record)
    assert found.tasks == ()
    (line,) = found.left_out
    assert reason in line


def test_a_full_page_and_background_tasks(
    answer: Make, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of(plugins, answer("a", "across-5w1s@background")) == Gallery()
    monkeypatch.setattr(module, "MOST_DRAWINGS", 130)
    results = [answer("a", task, share=0.2) for task in ("across-5w1s", "across-6w1s")]
    found = of(plugins, *results)
    assert [task.title for task in found.tasks] == ["tiny across-5w1s (60 episodes)"]
    assert found.left_out == (
        "tiny across-6w1s (60 episodes): the page has no room for more drawings",
    )


def test_nobody_wrong_leaves_nothing_to_show(answer: Make, plugins: Plugins) -> None:
    assert of(plugins, answer("a", share=1.0)) == Gallery()
