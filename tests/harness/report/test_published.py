from __future__ import annotations

import pytest

from harness.report.published import other_protocols, published_for


def test_lake_400_has_the_figures_of_its_protocol() -> None:
    figures = published_for("omniglot", "lake-400", None)
    assert {figure.protocol for figure in figures} == {"lake-400"}
    assert {figure.method: figure.accuracy for figure in figures}["People"] == 95.5
    accuracies = [figure.accuracy for figure in figures]
    assert accuracies == sorted(accuracies, reverse=True)


def test_the_tutorials_figure_belongs_to_across_20w1s() -> None:
    (figure,) = published_for("omniglot", "across-20w1s", None)
    assert (figure.protocol, figure.n_way, figure.n_shot, figure.accuracy, figure.primary) == (
        "bouma",
        20,
        1,
        83.0,
        True,
    )


@pytest.mark.parametrize(
    ("dataset", "task", "n_episodes"),
    [
        ("sketch", "across-20w1s", None),
        ("omniglot@validation", "across-20w1s", None),
        ("omniglot", "within-20w1s", None),
        ("omniglot", "across-5w1s", None),
        ("omniglot", "across-20w1s@background", None),
        ("omniglot", "lake-400", 5),
    ],
)
def test_nothing_is_published_for_another_protocol(
    dataset: str, task: str, n_episodes: int | None
) -> None:
    assert published_for(dataset, task, n_episodes) == ()


def test_other_protocols_are_those_that_no_task_follows() -> None:
    assert [protocol.name for protocol in other_protocols("omniglot")] == ["koch-400", "vinyals"]
    assert other_protocols("sketch") == ()


def test_every_figure_says_where_it_comes_from() -> None:
    figures = [figure for each in other_protocols("omniglot") for figure in each.figures]
    assert len(figures) == 21
    assert all(figure.source and 0 < figure.accuracy <= 100 for figure in figures)
    siamese = {figure.accuracy for figure in figures if figure.method == "Convolutional Siamese"}
    assert siamese == {92.0}
