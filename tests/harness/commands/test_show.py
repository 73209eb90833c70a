from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.commands.show import show
from harness.errors import UsageError
from harness.protocol.dataset import Dataset

PNG = b"\x89PNG"


@pytest.fixture(autouse=True)
def data(tiny: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in an empty folder, with the tiny dataset under every name."""
    monkeypatch.setattr("harness.report.pictures.episodes.load_dataset", lambda text, plugins: tiny)
    monkeypatch.setattr("harness.plugins.datasets.default_data", lambda: "tiny")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(show, arguments, catch_exceptions=False)


@pytest.mark.parametrize("task", ["across-5w1s", "within-3w2s@background", "groups"])
def test_a_picture_is_called_as_its_task(task: str, tmp_path: Path) -> None:
    assert run(task).output == f"{task}.png\n"
    assert (tmp_path / f"{task}.png").read_bytes().startswith(PNG)


def test_options_reach_the_picture(tmp_path: Path) -> None:
    options = [[], ["--answer"], ["--episode", "1"], ["--episodes", "2"], ["--data", "any"]]
    made = []
    for number, chosen in enumerate(options):
        out = tmp_path / f"{number}.png"
        assert run("across-5w1s", "--out", str(out), *chosen).output == f"{out}\n"
        made.append(out.read_bytes())
    assert made[0] == made[4]
    assert len(set(made)) == 4


@pytest.mark.parametrize(
    ("out", "said"),
    [("picture.jpg", "ends in .png"), ("nowhere/it.png", "no folder nowhere"), (".", "ends in")],
)
def test_a_place_that_cannot_be_is_refused(out: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run("across-5w1s", "--out", out)


@pytest.mark.parametrize("chosen", [["--answer"], ["--episode", "1"], ["--episodes", "2"]])
def test_groups_have_no_episodes(chosen: list[str]) -> None:
    with pytest.raises(UsageError, match="draws no episodes"):
        run("groups", *chosen)


def test_a_wrong_task_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="oneshot list"):
        run("nonsense-5w1s")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chosen", [["--episode", "-1"], ["--episodes", "0"], ["--episodes", "17"]])
def test_numbers_out_of_range_are_refused(chosen: list[str]) -> None:
    assert run("across-5w1s", *chosen).exit_code == 2
