"""The ``oneshot`` command."""

from __future__ import annotations

import sys

import click

from harness.commands.cache import cache
from harness.commands.check import check
from harness.commands.compare import compare
from harness.commands.data import data
from harness.commands.human import human
from harness.commands.list import list_
from harness.commands.new import new
from harness.commands.report import report
from harness.commands.run import run
from harness.commands.show import show
from harness.commands.validate import validate
from harness.errors import OneShotError

INTERRUPTED = 130


HELP = """Benchmark one-shot classification: plug a method in, run it on fixed N-way tasks, compare.

\b
Exit codes: 0 fine, 1 a regression, 2 wrong usage or input, 3 a method failed,
4 not comparable, 5 nothing to do, 130 interrupted.
"""


@click.group(
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="oneshot-harness", prog_name="oneshot")
def cli() -> None:
    """Gather the commands."""


for command in (run, report, check, compare, list_, show, human, data, cache, new, validate):
    cli.add_command(command)


def main() -> None:
    """Run the command; every deliberate error is one line and its exit code."""
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
