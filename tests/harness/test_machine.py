from __future__ import annotations

import subprocess
import sys

from harness.machine import environment


def test_the_environment_names_what_ran() -> None:
    found = environment()
    assert found["machine"]["processor"]
    assert found["versions"]["python"].startswith("3.")
    assert "numpy" in found["versions"]
    assert "pip" not in found["versions"], "only what was imported is named"


def test_peak_memory_is_the_processes_own() -> None:
    script = (
        "import sys; from harness.machine import peak_memory; before = peak_memory();"
        "held = bytearray(300_000_000) if sys.argv[1] == 'much' else None;"
        "print(peak_memory() - before)"
    )
    much, little = (
        int(subprocess.check_output([sys.executable, "-c", script, what]))
        for what in ("much", "little")
    )
    assert 290e6 < much < 350e6
    assert little < 30e6
