from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from harness.running import machine
from harness.running.machine import commit, environment, module_version


def test_the_environment_names_what_ran() -> None:
    found = environment()
    assert found["machine"]["processor"]
    assert found["versions"]["python"].startswith("3.")
    assert "numpy" in found["versions"]
    assert "pip" not in found["versions"], "only what was imported is named"


def test_peak_memory_is_the_processes_own() -> None:
    script = (
        "import sys; from harness.running.machine import peak_memory; before = peak_memory();"
        "held = bytearray(300_000_000) if sys.argv[1] == 'much' else None;"
        "print(peak_memory() - before)"
    )
    much, little = (
        int(subprocess.check_output([sys.executable, "-c", script, what]))
        for what in ("much", "little")
    )
    assert 290e6 < much < 350e6
    assert little < 30e6


def test_what_is_imported_later_is_told_later() -> None:
    script = (
        "from harness.running.machine import environment\n"
        "before = environment()['versions']\n"
        "import click\n"
        "print('click' in before, 'click' in environment()['versions'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["False", "True"]


def test_a_module_has_the_version_of_its_distribution() -> None:
    assert module_version("sklearn") == version("scikit-learn")
    assert module_version("no_such_module") == ""


def test_asking_for_the_commit_writes_nothing_into_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "harness" / "running" / "machine.py"
    own.parent.mkdir(parents=True)
    own.write_text("# the file that is asked about\n")
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")

    def git(*words: str) -> str:
        return subprocess.check_output(["git", "-C", tmp_path, *author, *words], text=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "A file")
    os.utime(own, (1, 1))  # git status would note that in its index, under a lock
    index = (tmp_path / ".git" / "index").read_bytes()
    monkeypatch.setattr(machine, "__file__", str(own))
    assert commit.__wrapped__() == git("rev-parse", "HEAD").strip()
    assert (tmp_path / ".git" / "index").read_bytes() == index
