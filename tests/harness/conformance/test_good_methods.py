"""Methods of every kind without a fault: no check fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.conformance import CHECKS, conform

Write = Callable[..., Path]

ROOT = Path(__file__).parents[3]
PLUGINS = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = re.findall(r"```python\n# (\w+)\.py\n(.*?)```", PLUGINS, re.DOTALL)
METHODS = {name: text for name, text in BLOCKS if "def oneshot_method" in text}

BALANCED = """
from harness import MethodSpec, from_embedding, hookimpl
from harness.learning.similarity import cosine


def cells(images):
    return images.reshape(len(images), 7, 15, 7, 15).mean(axis=(2, 4)).reshape(len(images), -1)


def balanced(query, support):
    scores = cosine(query, support)
    return scores - scores.mean(axis=1, keepdims=True) / 2  # a way that all queries like


@hookimpl
def oneshot_method():
    return MethodSpec(
        name="balanced", build=lambda settings: from_embedding(cells, balanced){declared}
    )
"""


def outcomes(method: str, file: Path) -> dict[str, set[str]]:
    """Return the checks of each outcome."""
    found: dict[str, set[str]] = {}
    for result in conform(method, (file,)):
        found.setdefault(result.outcome, set()).add(result.check)
    return found


def test_the_examples_are_of_every_kind() -> None:
    kinds = {
        name: {kind for kind in ("from_embedding", "from_sklearn", "def fit") if f"{kind}(" in text}
        for name, text in METHODS.items()
    }
    assert kinds == {
        "coarse": {"from_embedding"},
        "pca": {"from_sklearn"},
        "ink": {"def fit"},
        "mask": {"from_embedding", "def fit"},
    }


@pytest.mark.parametrize("name", METHODS)
def test_a_documented_method_passes_whatever_applies(name: str, plugin_file: Write) -> None:
    found = outcomes(name, plugin_file(METHODS[name], f"{name}.py"))
    expected = {"save-and-load", "seed-as-declared"} if name == "coarse" else {"made-twice"}
    assert found.pop("does not apply") == expected
    assert found == {"passed": {check.name for check in CHECKS} - expected}


def test_a_transductive_method_passes_once_it_is_declared(plugin_file: Write) -> None:
    hidden = plugin_file(BALANCED.replace("{declared}", ""), "hidden.py")
    assert outcomes("balanced", hidden)["failed"] == {"queries-alone"}
    declared = plugin_file(BALANCED.replace("{declared}", ", transductive=True"), "declared.py")
    found = outcomes("balanced", declared)
    assert found.pop("does not apply") == {
        "save-and-load", "seed-as-declared", "episodes-alone", "queries-alone",
    }  # fmt: skip
    assert set(found) == {"passed"}
