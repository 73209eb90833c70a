from __future__ import annotations

from pathlib import Path

import pytest

from harness import UsageError
from harness.conformance import CHECKS, parametrize_with_checks

pytest_plugins = ["pytester"]

PLUGIN = """
from pathlib import Path

from harness import MethodSpec, from_embedding, hookimpl

Path(__file__).with_suffix(".imported").touch()


def cells(images):
    return images.reshape(len(images), 7, 15, 7, 15).mean(axis=(2, 4)).reshape(len(images), -1)


def first_shot(query, support):
    return -((query[:, :, None] - support[:, None, :, 0]) ** 2).mean(axis=-1)


@hookimpl
def oneshot_method():
    return MethodSpec(name="first", build=lambda settings: from_embedding(cells, first_shot))
"""
TEST = """
from harness.conformance import parametrize_with_checks

@parametrize_with_checks({arguments})
def test_conformance(check):
    check()
"""


@pytest.fixture
def elsewhere(pytester: pytest.Pytester) -> pytest.Pytester:
    """Another project, in which warnings are errors, with a method that has a fault."""
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = -p no:cacheprovider")
    (pytester.path / "first.py").write_text(PLUGIN)
    return pytester


def run(elsewhere: pytest.Pytester, arguments: str, *options: str) -> pytest.RunResult:
    elsewhere.makepyfile(TEST.format(arguments=arguments))
    return elsewhere.runpytest_inprocess(*options)


N = len(CHECKS)


def test_every_check_is_a_test_and_the_fault_is_one_that_fails(elsewhere: pytest.Pytester) -> None:
    ended = run(elsewhere, '"first", plugins=["first.py"]', "-rsf")
    ended.assert_outcomes(passed=N - 3, failed=1, skipped=2)
    printed = ended.stdout
    printed.fnmatch_lines(["E *Nonconformance: scores change with the order of a class's support*"])
    printed.no_fnmatch_line("*scores.py*")  # no frame of the harness
    printed.fnmatch_lines(
        [
            "SKIPPED*does not apply: it does not learn",
            "FAILED *::test_conformance*first-shot-order*",
        ]
    )


def test_a_failure_that_is_expected_is_shown_with_its_reason(elsewhere: pytest.Pytester) -> None:
    reason = "more shots are not worth their time"
    arguments = f'"first", plugins=["first.py"], expected_failures={{"shot-order": "{reason}"}}'
    ended = run(elsewhere, arguments, "-rx")
    ended.assert_outcomes(passed=N - 3, xfailed=1, skipped=2)
    ended.stdout.fnmatch_lines([f"XFAIL *first-shot-order* - {reason}"])


def test_an_expected_failure_that_passes_fails(elsewhere: pytest.Pytester) -> None:
    ended = run(
        elsewhere, '"l2-1nn", expected_failures={"class-order": "as it was"}', "-k", "order"
    )
    ended.assert_outcomes(passed=4, failed=1, deselected=N - 5)
    ended.stdout.fnmatch_lines(["*XPASS(strict)* as it was"])


def test_collecting_imports_no_method(elsewhere: pytest.Pytester) -> None:
    imported = Path(elsewhere.path / "first.imported")
    arguments = '["first", "l2-1nn[spelt=wrongly]", "none"], plugins=["first.py", "nowhere.py"]'
    listed = run(elsewhere, arguments, "--collect-only", "-q").outlines
    names = [f"{method}-{check.name}" for method in ("first", "l2-1nn[spelt=wrongly]", "none")
             for check in CHECKS]  # fmt: skip
    assert [line.partition("[")[2].removesuffix("]") for line in listed if "::" in line] == names
    assert not imported.exists()
    run(elsewhere, '"first", plugins=["first.py"]', "-k", "shape").assert_outcomes(
        passed=1, deselected=N - 1
    )
    assert imported.exists()


def test_a_part_of_another_dataset_can_be_taken(elsewhere: pytest.Pytester) -> None:
    ended = run(elsewhere, '"l2-1nn", data="sketch@validation"', "-k", "shape")
    ended.assert_outcomes(passed=1, deselected=N - 1)


def test_an_expected_failure_of_no_check_is_refused() -> None:
    with pytest.raises(UsageError, match="no check is called shot-oder; did you mean shot-order"):
        parametrize_with_checks("l2-1nn", expected_failures={"shot-oder": "misspelt"})
