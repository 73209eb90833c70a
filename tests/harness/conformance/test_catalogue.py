from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness import UsageError, conformance
from harness.conformance import CHECKS
from harness.conformance.catalogue import require_known
from harness.conformance.check import Check

ROOT = Path(__file__).parents[3]
GROUPS = ("fitting", "identity", "isolation", "order", "repetition", "score_values")


def test_every_check_that_is_written_is_made() -> None:
    written = {
        value
        for group in GROUPS
        for value in vars(getattr(conformance, group)).values()
        if isinstance(value, Check)
    }
    assert written == set(CHECKS)
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_a_check_comes_after_those_it_depends_on() -> None:
    for index, check in enumerate(CHECKS):
        assert set(check.after) <= set(CHECKS[:index])


def test_every_check_is_documented_with_its_rule() -> None:
    page = (ROOT / "docs" / "conformance.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(check.name, check.rule.removesuffix(".")) for check in CHECKS]


def test_an_unknown_check_is_refused() -> None:
    require_known(["shape", "no-nan"])
    with pytest.raises(UsageError, match="no check is called no-nans; did you mean no-nan"):
        require_known(["shape", "no-nans"])


def test_importing_the_checks_imports_nothing_heavy() -> None:
    heavy = "torch keras tensorflow sklearn scipy matplotlib rich PIL pooch pytest methods tasks"
    script = (
        "import sys, harness.conformance\n"
        f"print(*set({heavy.split()!r}) & {{name.partition('.')[0] for name in sys.modules}})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == ""
