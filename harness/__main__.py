"""Run as ``python -m harness``: the same as ``oneshot``."""

from harness.cli import main

main()
