from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
EXAMPLES = dict(
    re.findall(
        r"```python\n# (\w+\.py)\n(.*?)```", (ROOT / "docs" / "plugins.md").read_text(), re.DOTALL
    )
)
BAD = """
from harness import MethodSpec, from_embedding, hookimpl


def embed(images):
    print("printed before the error")
    raise RuntimeError("out of luck")


@hookimpl
def oneshot_method():
    return MethodSpec(name="bad", build=lambda settings: from_embedding(embed))
"""


@pytest.fixture
def elsewhere(pytester: pytest.Pytester) -> pytest.Pytester:
    """Another project with three plugins, in which warnings are errors."""
    pytester.makeini(
        "[pytest]\nfilterwarnings = error\naddopts = --strict-markers -p no:cacheprovider"
    )
    for name in ("blobs.py", "ink.py"):
        (pytester.path / name).write_text(EXAMPLES[name])
    (pytester.path / "bad.py").write_text(BAD)
    return pytester


def outcomes(elsewhere: pytest.Pytester, test: str) -> tuple[dict[str, int], str]:
    elsewhere.makepyfile(test)
    ended = elsewhere.runpytest_subprocess()
    return ended.parseoutcomes(), ended.stdout.str()


def test_loading_it_loads_nothing_else() -> None:
    script = "import sys; import harness.pytest_plugin; print(*sorted(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(ended.stdout.split())
    assert "harness.pytest_plugin" in loaded
    heavy = {
        "torch",
        "keras",
        "tensorflow",
        "sklearn",
        "scipy",
        "matplotlib",
        "rich",
        "PIL",
        "pooch",
    }
    assert not {name.partition(".")[0] for name in loaded} & (heavy | {"methods", "tasks"})
    assert not loaded & {
        "harness.running.run",
        "harness.running.engine",
        "harness.running.job",
        "harness.conformance",
    }


def test_pytest_lists_the_fixtures_with_their_docstrings(elsewhere: pytest.Pytester) -> None:
    output = elsewhere.runpytest_subprocess("--fixtures").stdout.str()
    ours = output.partition("fixtures defined from harness.pytest_plugin")[2].partition("\n---")[0]
    shown = dict(re.findall(r"^(\w+)[^\n]*\n    (\S[^\n]*)", ours, re.MULTILINE))
    assert set(shown) == {"oneshot_dataset", "oneshot_episodes", "oneshot_key", "oneshot_run"}
    assert shown["oneshot_dataset"].startswith("A small part of ``sketch``")


def test_the_small_dataset_its_episodes_and_their_key(elsewhere: pytest.Pytester) -> None:
    passed, output = outcomes(
        elsewhere,
        """
        import pytest
        from harness import Dataset, Episodes, Training
        from harness.protocol.outcome import judge
        from ink import Ink, Settings

        def test_types(oneshot_dataset, oneshot_episodes):
            assert isinstance(oneshot_dataset, Dataset) and oneshot_dataset.synthetic
            assert isinstance(oneshot_episodes, Episodes)
            assert (oneshot_episodes.n_way, oneshot_episodes.n_shot) == (5, 2)

        def test_a_method_on_them(oneshot_dataset, oneshot_episodes, oneshot_key):
            method = Ink(Settings())
            method.fit(oneshot_dataset.background, Training(seed=0))
            scores = method.score(oneshot_episodes)
            assert judge(scores, oneshot_key.truth).credit.mean() > 0.2

        kept = []

        @pytest.mark.parametrize("time", [1, 2])
        def test_they_are_made_once(oneshot_dataset, oneshot_episodes, oneshot_key, time):
            kept.append((oneshot_dataset, oneshot_episodes, oneshot_key))
            assert all(a is b for a, b in zip(kept[0], kept[-1]))
        """,
    )
    assert passed == {"passed": 4}, output


def test_a_run_returns_records_by_task(elsewhere: pytest.Pytester) -> None:
    passed, output = outcomes(
        elsewhere,
        """
        BLOBS = dict(data="blobs", plugins=("ink.py", "blobs.py"), episodes=20)

        def test_records(oneshot_run):
            records = oneshot_run("ink[power=2]", ("across-5w1s", "within-3w1s"), **BLOBS)
            assert list(records) == ["across-5w1s", "within-3w1s"]
            record = records["within-3w1s"]
            assert (record.identity.method, record.identity.settings) == ("ink", {"power": "2.0"})
            assert record.outcomes.credit.shape == (20, 1)
            assert not record.cost.cached

        def test_a_run_again_measures_again(oneshot_run):
            first = oneshot_run("l2-1nn", ["across-5w1s"], **BLOBS)
            again = oneshot_run("l2-1nn", ["across-5w1s"], **BLOBS)
            assert first.keys() == again.keys() == {"across-5w1s"}

        def test_a_seed(oneshot_run):
            record = oneshot_run("random", ["across-5w1s"], seed=3, **BLOBS)["across-5w1s"]
            assert record.identity.seed == 3
        """,
    )
    assert passed == {"passed": 3}, output


def test_a_failing_job_fails_the_test_with_its_reason(elsewhere: pytest.Pytester) -> None:
    failed, output = outcomes(
        elsewhere,
        """
        def test_bad(oneshot_run):
            oneshot_run("bad", ["across-5w1s"], data="blobs", plugins=("bad.py", "blobs.py"))
        """,
    )
    assert failed == {"failed": 1}
    assert "bad on across-5w1s: RuntimeError: out of luck (bad.py, line 7)" in output
    assert 'raise RuntimeError("out of luck")' in output
    assert "pytest_plugin.py" not in output


def test_a_wrong_name_fails_the_test_with_the_reason_alone(elsewhere: pytest.Pytester) -> None:
    ended, output = outcomes(
        elsewhere,
        """
        def test_method(oneshot_run):
            oneshot_run("l2-2nn")

        def test_task(oneshot_run):
            oneshot_run("l2-1nn", "acros-5w1s")
        """,
    )
    assert ended == {"failed": 2}
    assert "no method is called l2-2nn; did you mean l2-1nn" in output
    assert "no task is called acros-5w1s; did you mean across" in output
    assert "Error" not in output and "plan(" not in output
