"""What every test may use: a small dataset made on the spot, and the real one where it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import Dataset
from harness.datasets import load_dataset
from harness.plugins import Plugins
from tests.support.blobs import blobs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Maker = Callable[..., Dataset]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own notes would bury ours
if "PYTEST_XDIST_WORKER" in os.environ:
    # trainings side by side, each with a thread for every core, wait for each other's threads
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def tests_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that all tests of one run share: what takes long to make is made once."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the processes of one run share it, and agree who makes what
    (folder / "cache").mkdir(exist_ok=True)
    return folder / "cache"


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(
    request: pytest.FixtureRequest, tests_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep every test away from this machine's cache, and all but real ones from its data."""
    monkeypatch.setenv("ONESHOT_CACHE", str(tests_cache))
    if "omniglot" not in request.fixturenames:
        monkeypatch.delenv("ONESHOT_DATA", raising=False)


@pytest.fixture
def make_dataset() -> Maker:
    """A function that makes a dataset of any size."""
    return blobs


@pytest.fixture
def tiny(make_dataset: Maker) -> Dataset:
    """A dataset of 6 + 6 alphabets with 5 characters by 4 drawers, 11 x 11 pixels."""
    return make_dataset()


@pytest.fixture(scope="session")
def omniglot(tests_cache: Path) -> Iterator[Dataset]:
    """The real Omniglot. Without it the test is skipped, unless ONESHOT_REQUIRE_DATA is set."""
    if not os.environ.get("ONESHOT_DATA"):
        if os.environ.get("ONESHOT_REQUIRE_DATA"):
            pytest.fail("ONESHOT_DATA is not set, and a skipped test would hide it")
        pytest.skip("needs the real Omniglot at ONESHOT_DATA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONESHOT_CACHE", str(tests_cache))
        dataset = load_dataset("omniglot", Plugins())
    yield dataset


@pytest.fixture
def plugin_file(tmp_path: Path) -> Callable[[str], Path]:
    """A function that writes a plugin and returns its path."""

    def write(text: str, name: str = "my_plugin.py") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, as the system has it. Without it the test is skipped, unless it is required."""
    program = shutil.which(os.environ.get("ONESHOT_CHROMIUM", "chromium"))
    if program is None:
        if os.environ.get("ONESHOT_REQUIRE_BROWSER"):
            pytest.fail("chromium is not installed, and a skipped test would hide it")
        pytest.skip("needs chromium: install it, or set ONESHOT_CHROMIUM to its name here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # in a container Chromium's own sandbox cannot be set up
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab of its own. The test fails where a script fails or the console has an error."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert not wrong
