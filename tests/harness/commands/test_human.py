"""The command itself: what it prints, how it ends, and that no answer is lost."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.commands.cli import INTERRUPTED
from harness.commands.human import Stopped, human
from harness.commands.report import report
from harness.commands.run import run
from harness.errors import PluginError, UsageError
from harness.human.answer import Answer
from harness.human.person_record import person_record
from harness.human.seen import AlreadyRecorded
from harness.human.session import RecordedElsewhere
from harness.plugins.datasets import load_dataset
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Dataset
from harness.records.store import write

BLOBS = (
    Path(__file__).parents[3] / "docs" / "plugins.md"
).read_text().partition("# blobs.py\n")[2].partition("```")[0]  # fmt: skip


@pytest.fixture(autouse=True)
def data(tiny: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Change to an empty folder, with the tiny dataset under every name."""
    monkeypatch.setattr("harness.human.opening.load_dataset", lambda text, plugins: tiny)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def opened_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened in a browser."""
    pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", pages.append)
    return pages


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A function that answers so many trials, always with the first candidate."""

    def answers(n_trials: int) -> None:
        class Server:
            def __init__(self, session: Any, listener: Any) -> None:
                self.session = session

            def run(self) -> None:
                for _ in range(n_trials):
                    trial = self.session.next_trial
                    self.session.painted(trial)
                    self.session.store(Answer(trial=trial, answer=0, seconds=0.75))
                if not self.session.round.is_over:
                    raise KeyboardInterrupt

        monkeypatch.setattr("harness.human.server.PageServer", Server)

    return answers


def call(*arguments: str) -> Result:
    return CliRunner().invoke(human, arguments, catch_exceptions=False)


OPTIONS = ("-t", "across-5w1s", "--trials", "4", "--name", "ada")


def test_a_round_ends_with_its_result_its_record_and_the_next_command(
    somebody: Callable[[int], None], opened_pages: list[str], tmp_path: Path
) -> None:
    somebody(4)
    ended = call(*OPTIONS)
    assert ended.exit_code == 0
    announced, url, line, methods, record = ended.output.splitlines()
    assert (
        announced == "human[name=ada] on tiny across-5w1s: 4 trials, 0 answered; stop with Ctrl-C"
    )
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
    assert re.fullmatch(
        r"human\[name=ada\] on tiny \(synthetic\) across-5w1s \(4 episodes\): \d of 4 right, "
        r"\d+\.\d\d \(\d+\.\d to \d+\.\d\) %, median 750 ms a trial, mean 750 ms",
        line,
    )
    path, following = re.fullmatch(r"record: (\S+); next: (.+)", record).groups()  # type: ignore[union-attr]
    assert (tmp_path / path).is_file()
    assert following == "oneshot report --results results"
    made = CliRunner().invoke(report, ["--json"])
    (row,) = json.loads(made.output)["rows"]
    assert (row["method"], row["settings"]) == ("human", "name=ada")
    command = methods.removeprefix("to add methods to this table of the leaderboard: ")
    assert re.fullmatch(
        r"oneshot run( -m [\w-]+)+ -t across-5w1s --episodes 4 --data sketch --results results",
        command,
    )


def test_the_printed_command_puts_methods_into_the_table_of_the_round(
    somebody: Callable[[int], None], opened_pages: list[str], tmp_path: Path
) -> None:
    (tmp_path / "my blobs.py").write_text(BLOBS)
    options = ("--data", "blobs", "--plugin", "my blobs.py", "--results", "my results", *OPTIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.human.opening.load_dataset", load_dataset)
        somebody(4)
        *_, methods, record = call(*options).output.splitlines()
    oneshot, command, *words = shlex.split(methods.partition("leaderboard: ")[2])
    assert (oneshot, command) == ("oneshot", "run")
    measured = CliRunner().invoke(run, words)
    assert measured.exit_code == 0, measured.output
    oneshot, command, *words = shlex.split(record.partition("next: ")[2])
    made = CliRunner().invoke(report, [*words, "--json"])
    rows = json.loads(made.output)["rows"]
    assert {row["task"] for row in rows} == {"across-5w1s#4"}
    assert {"human", "l2-1nn"} <= {row["method"] for row in rows}


def test_a_browser_opens_unless_no_browser_is_given(
    somebody: Callable[[int], None], opened_pages: list[str]
) -> None:
    somebody(4)
    assert call(*OPTIONS, "--no-browser").exit_code == 0
    assert opened_pages == []
    somebody(4)
    url = call(*OPTIONS[:-1], "bob").output.splitlines()[1]
    assert opened_pages == [url]


def test_a_stopped_round_continues(
    somebody: Callable[[int], None], opened_pages: list[str]
) -> None:
    somebody(3)
    stopped = CliRunner().invoke(human, OPTIONS, standalone_mode=False)
    assert isinstance(stopped.exception, Stopped)
    assert stopped.exception.exit_code == INTERRUPTED
    somebody(1)
    assert "4 trials, 3 answered" in call(*OPTIONS).output
    with pytest.raises(AlreadyRecorded, match="has finished this round"):
        call(*OPTIONS)


def test_a_round_stopped_after_the_last_answer_is_over(
    somebody: Callable[[int], None], opened_pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody(4)
    from harness.human import server

    play = server.PageServer.run

    def stopped(server: Any) -> None:
        play(server)
        raise KeyboardInterrupt

    monkeypatch.setattr(server.PageServer, "run", stopped)
    ended = call(*OPTIONS)
    assert (ended.exit_code, "of 4 right" in ended.output) == (0, True)


def test_a_record_of_another_process_ends_the_command_with_an_error(
    somebody: Callable[[int], None], opened_pages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody(4)
    from harness.human import server

    play = server.PageServer.run

    def meanwhile(server: Any) -> None:
        play(server)
        write(person_record(server.session.round), server.session.setup.results)

    monkeypatch.setattr(server.PageServer, "run", meanwhile)
    with pytest.raises(RecordedElsewhere, match="another process wrote") as refusal:
        call(*OPTIONS)
    assert refusal.value.exit_code == 2


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.human.server.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="pip install 'oneshot-harness\\[human\\]'"):
        call(*OPTIONS)


def test_people_are_not_run_as_methods_are(plugin_file: Callable[[str], Path]) -> None:
    with pytest.raises(UsageError, match="oneshot human --task"):
        CliRunner().invoke(
            run, ["-m", "human[name=ada]", "-t", "across-5w1s"], catch_exceptions=False
        )
    named = plugin_file(
        "from harness import MethodSpec, from_embedding, hookimpl\n\n@hookimpl\n"
        "def oneshot_method():\n"
        "    return MethodSpec(name='human', build=lambda settings: from_embedding(lambda i: i))\n"
    )
    with pytest.raises(PluginError, match="human is the method of people's records; rename it"):
        Plugins((named,))


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Yield the command as a process, and its port."""
    arguments = ["--data", "blobs", "--plugin", "blobs.py", "--no-browser", *OPTIONS]
    started = subprocess.Popen(
        [sys.executable, "-m", "harness", "human", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    with started:
        try:
            assert started.stdout is not None
            url = started.stdout.readline()
            yield started, int(url.rstrip("/\n").rpartition(":")[2])
        finally:
            started.kill()


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"content-type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def answer(port: int, trial: int) -> None:
    trial_sent = json.loads(ask(port, "GET", "/trial")[1])
    assert trial_sent["trial"] == trial
    assert ask(port, "POST", "/painted", {"trial": trial}) == (200, '{"elapsed":0.0}')
    stored = ask(port, "POST", "/answers", {"trial": trial, "answer": 1, "seconds": 0.1})
    assert stored == (200, '{"stored":true}')


def test_nothing_is_lost_when_it_is_killed_or_stopped(tmp_path: Path) -> None:
    (tmp_path / "blobs.py").write_text(BLOBS)
    with process(tmp_path) as (killed, port):
        answer(port, 0)
        answer(port, 1)
        killed.kill()
        assert killed.wait(30) == -signal.SIGKILL
    with process(tmp_path) as (stopped, port):
        answer(port, 2)
        stopped.send_signal(signal.SIGINT)
        _, said = stopped.communicate(timeout=30)
        assert stopped.returncode == 130
        assert "4 trials, 2 answered" in said
        assert "interrupted: 3 of 4 answers stored; the same command continues" in said
        assert "Traceback" not in said
    with process(tmp_path) as (ended, port):
        answer(port, 3)
        ended.send_signal(signal.SIGINT)
        printed, _ = ended.communicate(timeout=30)
        assert ended.returncode == 0
        assert "of 4 right" in printed
    again = subprocess.run(
        [sys.executable, "-m", "harness", "human", "--data", "blobs", "--plugin", "blobs.py",
         *OPTIONS, "--no-browser"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert again.returncode == 0
    assert again.stdout == "" and "has finished this round" in again.stderr
