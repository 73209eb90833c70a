"""Run as ``python -m harness``: the same as ``oneshot``."""

from harness.commands.cli import main

main()
