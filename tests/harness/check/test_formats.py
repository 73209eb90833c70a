from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

from harness.check.check import check
from harness.check.github import summary, workflow_commands
from harness.check.junit import to_junit
from harness.records.record import Record
from harness.records.store import write

from .conftest import Planted, costing, flipped


def test_github_summary_and_annotations(planted: Planted) -> None:
    planted.change("fixed", flipped(2))
    planted.change("trained", costing(score_seconds=3))
    found = check(planted.baseline, planted.results)
    text = summary(found)
    assert "| :x: | omniglot lake-400 | fixed | regressed: 2 changed " in text
    assert "| 3.00 × :x: |" in text
    assert "\n- worse (2): episodes 0, 1\n" in text
    first, second = workflow_commands(found)
    assert first.startswith(
        "::error title=regressed%3A fixed on omniglot lake-400%2C answers::2 changed (2 worse"
    )
    assert "75.00 %25 to 74.50 %25" in first
    assert second.endswith("scoring::3.00 times the baseline, at most 1.5 allowed")


def test_junit(planted: Planted) -> None:
    planted.change("fixed", flipped(2))
    root = ET.fromstring(to_junit(check(planted.baseline, planted.results)))
    suite = root[0]
    assert suite.attrib["failures"] == "1"
    assert int(suite.attrib["tests"]) == len(suite) == 8
    (failure,) = suite.iter("failure")
    assert failure.attrib["type"] == "regressed"
    assert failure.text == "worse (2): episodes 0, 1"
    names = [(case.attrib["classname"], case.attrib["name"]) for case in suite]
    assert ("omniglot lake-400", "trained memory") in names


def test_hostile_names_are_text_everywhere(
    planted: Planted, make_record: Callable[..., Record]
) -> None:
    name = "a|b<script>\x00\n::error::x"
    record = make_record()
    record = replace(record, identity=replace(record.identity, method=name))
    write(record, planted.baseline)
    found = check(planted.baseline, planted.results)
    text = summary(found)
    assert "<script>" not in text and "a\\|b" in text
    assert all(line.startswith("::error title=") for line in workflow_commands(found))
    assert all("\n" not in line for line in workflow_commands(found))
    ET.fromstring(to_junit(found))
