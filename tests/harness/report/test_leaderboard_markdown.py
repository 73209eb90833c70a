from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.report.leaderboard import rows
from harness.report.leaderboard_markdown import to_markdown
from harness.report.plots.plots import Plot
from harness.report.provenance import provenance
from harness.report.tables import tables

Make = Callable[..., Any]


def page(results: list[Any], plots: Sequence[Plot] = ()) -> str:
    return to_markdown(tables(rows(results)), plots, provenance(results))


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of the third level, up to the next heading."""
    return text.partition(f"### {heading}\n")[2].partition("\n#")[0]


def test_a_row_has_accuracy_and_costs(make_record: Make) -> None:
    text = page([make_record(right=11, n_clusters=4)])
    assert "| l2-1nn | 55.00 | 1 | 1.50 s | 1.00 ms | 100 MB | 0 |" in text
    assert "5-way: guessing earns 20.00; 20 queries for each seed." in text


def test_a_failure_says_why_and_hides_folders(make_record: Make, make_failure: Make) -> None:
    why = "Error: no /home/somebody/data/it.png | `x`"
    text = page([make_record(), make_failure("bad[a=1]", reason=why, seed=2)])
    assert r"| bad[a=1] | failed: Error: no it.png \| \`x\` (seed 2) |" in text
    assert "/home" not in text


def test_hostile_names_break_nothing(make_record: Make) -> None:
    name = "a|b`c<script>\nd"
    text = page([make_record(name)])
    assert r"| a\|b\`c&lt;script&gt; d | 50.00" in text


def test_published_figures_stand_under_their_protocol_alone(make_record: Make) -> None:
    tasks = ["lake-400", "across-20w1s", "within-20w1s", "across-20w1s@background"]
    text = page([make_record(task=task) for task in tasks])
    assert "| People | 20-way 1-shot | 95.5 |" in section(text, "lake-400")
    assert "People" not in section(text, "across-20w1s")
    assert "83.0" in section(text, "across-20w1s")
    assert "83.0" not in section(text, "lake-400")
    assert "ublished" not in section(text, "within-20w1s")
    assert "ublished" not in section(text, "across-20w1s@background")
    others = text.partition("## Published, other protocols")[2]
    assert "compare with nothing above" in others
    assert "Matching Networks" in others and text.count("Matching Networks") == 2


def test_nothing_published_stands_beside_synthetic_results(make_record: Make) -> None:
    text = page([make_record(task="across-20w1s", dataset="sketch", synthetic=True)])
    assert "## sketch (synthetic)" in text
    assert "ublished" not in text


def test_cut_short_is_another_protocol(make_record: Make) -> None:
    text = page([make_record(task="across-20w1s", n_episodes=200)])
    assert "83.0" not in text
    assert "### across-20w1s (200 episodes)" in text


def test_other_episodes_are_said_not_to_compare(make_record: Make) -> None:
    text = page(
        [make_record("a", task="lake-400"), make_record("b", manifest="x", task="lake-400")]
    )
    assert text.count("**Not comparable:** drawn from other episodes") == 2
    assert "| a |" in section(text, "lake-400") and "| b |" not in section(text, "lake-400")
    assert "| b |" in section(text, "lake-400, other episodes 2")
    assert "Not comparable" not in page([make_record("a"), make_record("b")])


def test_transductive_is_marked_and_explained(make_record: Make) -> None:
    text = page([make_record("joint", transductive=True)])
    assert "| joint (transductive) |" in text
    assert "looks at several queries together" in text
    assert "transductive" not in page([make_record(dataset="mine")])


def test_a_sweep_is_one_table_with_its_failures(make_record: Make, make_failure: Make) -> None:
    results = [make_record(task=f"across-{n}w1s", n_clusters=4) for n in range(2, 31)]
    results += [make_failure("bad", task=f"across-{n}w1s") for n in range(10, 13)]
    text = section(page(results), "across-1s, N = 2 to 30")
    assert "| Method | N = 5 | N = 10 | N = 20 |" in text
    assert "| l2-1nn | 50.00 | 50.00 | 50.00 |" in text
    assert "| bad |  | failed |  |" in text
    assert "bad failed at N = 10 to 12: ran out of luck (seed 0)" in text


def test_the_page_tells_where_it_comes_from(make_record: Make) -> None:
    text = page([make_record()])
    for told in ("A Processor, 2 cores", "0123abcd", "numpy 2.0.0", "95 %", "10,000", "5 clusters"):
        assert told in text
    assert text.endswith("`oneshot report`\n")


def test_pictures_stand_with_their_dataset(make_record: Make) -> None:
    plot = Plot(name="p", title="t", dataset_label="omniglot", png=b"", svg=b"")
    other = Plot(name="q", title="t", dataset_label="sketch (synthetic)", png=b"", svg=b"")
    text = page([make_record()], [plot, other])
    assert "![t](plots/p.png)" in text
    assert "plots/q.png" not in text
