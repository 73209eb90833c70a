"""The methods that come with the harness keep its rules; where one does not, it says why."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harness.conformance import parametrize_with_checks
from harness.plugins.registry import Plugins

WITHOUT_A_NETWORK = ("random", "l2-1nn", "cosine-1nn", "hausdorff-1nn", "lda-1nn")


@parametrize_with_checks(WITHOUT_A_NETWORK)
def test_without_a_network(check) -> None:
    check()


# the bidirectional LSTM of full context embeddings reads the support set in an order, as in the
# paper; it learns to mind it little, so the few steps here are large ones
IN_ORDER = ("class-order", "shot-order")

NETWORKS = (
    ("siamese[preset=tiny,steps=4]", ()),
    ("matching[preset=tiny,steps=4]", ()),
    ("matching[preset=tiny,steps=40,learning_rate=0.1,fce=true]", IN_ORDER),
    ("prototypical[preset=tiny,steps=4]", ()),
    # after 4 or 20 steps it fails class-order and shot-order: all vectors are nearly one (a mean
    # cosine of 0.99), and with refit_rate=1 its descent on them diverges, to answers by chance
    ("transfer[preset=tiny,steps=100]", ()),
)


@pytest.mark.parametrize(("method", "expected"), NETWORKS, ids=[method for method, _ in NETWORKS])
def test_with_a_network(method: str, expected: tuple[str, ...]) -> None:
    """Each in a process of its own: TensorFlow and PyTorch are never in one."""
    command = [sys.executable, "-m", "harness", "validate", method, "--json"]
    for name in expected:
        command += ["--expect", name]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    marks = {each["check"]: each["mark"] for each in json.loads(ended.stdout)}
    assert {name for name, mark in marks.items() if mark == "does not apply"} == {"made-twice"}
    assert {name for name, mark in marks.items() if mark == "failed as expected"} == set(expected)


def test_every_built_in_method_is_here() -> None:
    ours = {
        name
        for name, plugins in Plugins().listed("method").items()
        if any(plugin.origin.startswith("oneshot-harness ") for plugin in plugins)
    }
    assert {*WITHOUT_A_NETWORK, *(method.partition("[")[0] for method, _ in NETWORKS)} == ours
