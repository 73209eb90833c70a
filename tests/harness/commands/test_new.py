from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.commands.new import new
from harness.errors import UsageError


def test_it_tells_what_was_written_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(new, ["wobbly-grid"], catch_exceptions=False)
    assert ended.exit_code == 0
    written, _, commands = ended.output.partition("next:\n")
    head, *paths = written.split()
    assert head == "written:"
    assert {Path(path) for path in paths} == {
        path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()
    }
    readme = Path("wobbly-grid/README.md").read_text()
    first, *others = (command.strip() for command in commands.splitlines())
    assert first == "cd wobbly-grid"
    assert len(others) == 5
    for command in others:
        assert f"\n{command}" in readme


def test_folder_is_where_it_is_put(tmp_path: Path) -> None:
    place = tmp_path / "my projects"
    place.mkdir()
    ended = CliRunner().invoke(new, ["wobbly", "--folder", str(place)], catch_exceptions=False)
    assert (place / "wobbly" / "pyproject.toml").is_file()
    assert f"  cd '{place / 'wobbly'}'\n" in ended.output


def test_a_refusal_is_raised(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        CliRunner().invoke(
            new, ["wobbly", "--folder", str(tmp_path / "nowhere")], catch_exceptions=False
        )


def test_a_refusal_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "harness", "new", "Wobbly"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    assert line.startswith("oneshot: 'Wobbly' is no name for a package")
    assert line.endswith("at most 40 characters")
    assert list(tmp_path.iterdir()) == []
