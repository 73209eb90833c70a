from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from harness.plugins.source import source_hash


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose method imports one of its files, which imports another."""
    files = {
        "mine/__init__.py": "",
        "mine/method.py": "import numpy\nfrom mine.network import build\n",
        "mine/network.py": "def build():\n    from .blocks import block\n    import other.thing\n",
        "mine/blocks.py": "block = 1\nimport mine.parts\nfrom mine.parts.deep import thing\n",
        "mine/parts/__init__.py": "from . import wide\n",
        "mine/parts/wide.py": "",
        "mine/parts/deep.py": "from ..far import thing\nfrom .near import *\n",
        "mine/parts/near.py": "",
        "mine/far.py": "",
        "mine/unused.py": "",
        "other/thing.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("mine/method.py", True),
        ("mine/network.py", True),
        ("mine/blocks.py", True),
        ("mine/__init__.py", True),
        ("mine/parts/__init__.py", True),
        ("mine/parts/wide.py", True),
        ("mine/parts/deep.py", True),
        ("mine/parts/near.py", True),
        ("mine/far.py", True),
        ("mine/unused.py", False),
        ("other/thing.py", False),
    ],
)
def test_what_a_method_imports_of_its_package_counts(
    package: Path, changed: str, matters: bool
) -> None:
    before = source_hash(package / "mine" / "method.py", "mine.method")
    (package / changed).write_text((package / changed).read_text() + "# changed\n")
    after = source_hash(package / "mine" / "method.py", "mine.method")
    assert (before != after) is matters


def test_a_file_on_its_own_is_its_own_hash(tmp_path: Path) -> None:
    file = tmp_path / "method.py"
    file.write_text("import json\nfrom harness import hookimpl\n")
    assert source_hash(file, "method") == sha256(file.read_bytes()).hexdigest()


def test_a_lone_file_counts_what_lies_beside_it(tmp_path: Path) -> None:
    file, beside = tmp_path / "method.py", tmp_path / "network.py"
    file.write_text("import network\n")
    alone = source_hash(file, "method")
    beside.write_text("")
    assert source_hash(file, "method") != alone


def test_files_that_import_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b")
    (tmp_path / "b.py").write_text("import a")
    assert source_hash(tmp_path / "a.py", "a") == source_hash(tmp_path / "b.py", "b")


def test_a_plugin_that_is_a_package_counts_what_it_imports(package: Path) -> None:
    plugin = package / "mine" / "parts" / "__init__.py"
    before = source_hash(plugin, "mine.parts")
    (package / "mine" / "parts" / "wide.py").write_text("# changed")
    assert source_hash(plugin, "mine.parts") != before


def test_a_lone_file_counts_a_folder_beside_it(tmp_path: Path) -> None:
    file, inside = tmp_path / "method.py", tmp_path / "parts" / "network.py"
    file.write_text("from parts.network import build\n")
    inside.parent.mkdir()
    inside.write_text("")
    before = source_hash(file, "method")
    inside.write_text("# changed")
    assert source_hash(file, "method") != before
