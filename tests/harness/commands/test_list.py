from __future__ import annotations

import json
import re

from click.testing import CliRunner

from harness.commands.list import list_
from harness.running.suites import suite_names


def listed(*words: str) -> str:
    ended = CliRunner().invoke(list_, words, catch_exceptions=False, standalone_mode=False)
    return ended.output


def test_everything_that_can_be_named_is_listed_with_its_origin() -> None:
    listing = json.loads(listed("--json"))
    assert list(listing) == ["methods", "tasks", "datasets", "suites"]
    assert listing["suites"] == {name: "built in" for name in suite_names()}
    assert re.fullmatch(r"oneshot-harness [\d.]+ \(methods\.random\)", listing["methods"]["random"])
    assert re.search(r"^  quick +built in$", listed(), re.MULTILINE)


def test_a_method_is_listed_with_its_settings() -> None:
    told = listed("l2-1nn")
    assert "Euclidean" in told and "seeded: no" in told
    assert re.search(r"^  sigma=1.0 +blur before", listed("lda-1nn"), re.MULTILINE)
    assert json.loads(listed("lda-1nn", "--json"))["settings"]["sigma"] == 1.0


def test_presets_are_listed_with_the_settings_that_differ() -> None:
    told = listed("matching")
    tiny = "  preset=tiny  side=20, width=16, steps=400, classes=32, validations=2"
    assert told.splitlines()[-1] == tiny
    assert max(map(len, listed("siamese").splitlines()[10:])) <= 80
    presets = json.loads(listed("siamese", "--json"))["presets"]
    assert list(presets) == ["paper", "tiny"]
    assert (presets["paper"]["optimizer"], presets["tiny"]["optimizer"]) == ("sgd", "adamw")
