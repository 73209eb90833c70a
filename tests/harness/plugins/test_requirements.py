from __future__ import annotations

import pytest

from harness import MethodSpec, UsageError
from harness.plugins import requirements
from harness.plugins.registry import Plugins
from harness.plugins.requirements import check_installed

BACKEND = "numpy"  # any module that is installed


def spec(*requires: str, install: str = "") -> MethodSpec:
    method = Plugins().method("l2-1nn")
    return MethodSpec(name="mine", build=method.build, requires=requires, install=install)


def test_a_method_whose_requirements_are_installed_passes() -> None:
    check_installed(spec("numpy", "scikit-learn"), BACKEND)


@pytest.mark.parametrize(
    ("install", "advice"),
    [("", "no-such-thing numpy"), ("mine[extra]", "mine[extra]")],
)
def test_a_missing_requirement_is_one_line_with_the_command(install: str, advice: str) -> None:
    with pytest.raises(UsageError) as error:
        check_installed(spec("no-such-thing", "numpy", install=install), BACKEND)
    assert str(error.value) == (
        f"mine needs no-such-thing, which is not installed; install it: pip install '{advice}'"
    )


def test_keras_needs_its_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "version", lambda name: "3.0")
    check_installed(spec("keras"), BACKEND)
    with pytest.raises(UsageError, match="mine needs no_backend, .* with --keras-backend"):
        check_installed(spec("keras"), "no_backend")
