"""The ``oneshot`` command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from harness.errors import OneShotError

INTERRUPTED = 130
HELP = """Benchmark one-shot classification: plug a method in, run it on fixed N-way tasks, compare.

\b
Exit codes: 0 fine, 1 a regression, 2 wrong usage or input, 3 a method failed,
4 not comparable, 5 nothing to do, 130 interrupted.
"""
COMMANDS: Mapping[str, str] = {
    "run": "run",
    "report": "report",
    "check": "check",
    "compare": "compare",
    "list": "list_",
    "show": "show",
    "human": "human",
    "data": "data",
    "cache": "cache",
    "new": "new",
    "validate": "validate",
}
"""Each command, whose module has its name, and the function in it."""


class LazyGroup(click.Group):
    """Commands whose modules are imported when they are used, which spares time at the start."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"harness.commands.{name}"), COMMANDS[name])
        return command


@click.group(
    cls=LazyGroup,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="oneshot-harness", prog_name="oneshot")
def cli() -> None:
    """Hold the commands."""


def main() -> None:
    """Run the command; each deliberate error is one line and an exit code."""
    try:
        code = cli(prog_name="oneshot", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        print(
            "interrupted: finished records are kept; run the same command to go on", file=sys.stderr
        )
        code = INTERRUPTED
    except OneShotError as refusal:
        print(f"oneshot: {refusal}", file=sys.stderr)
        code = refusal.exit_code
    sys.exit(code if isinstance(code, int) else 0)
