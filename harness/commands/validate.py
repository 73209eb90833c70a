"""``oneshot validate``: checks that a method keeps the rules."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.options import (
    device_option,
    json_option,
    keras_backend_option,
    plugin_option,
)
from harness.errors import MethodError
from harness.plugins.defaults import SYNTHETIC_DATA

if TYPE_CHECKING:
    from harness.conformance import CheckResult, MethodUnderTest
    from harness.running.device import Device


NAME_WIDTH = 22
"""Characters of the column with the checks' names."""


@click.command()
@click.argument("method")
@plugin_option
@click.option(
    "--data",
    metavar="NAME",
    help=f"Use a small part of this dataset.  [default: {SYNTHETIC_DATA}, which is synthetic]",
)
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="CHECK",
    help="A check that the method fails on purpose; passing it is then an error. Repeatable.",
)
@device_option
@keras_backend_option
@click.option("--quiet", "-q", is_flag=True, help="Print failed checks only.")
@json_option
def validate(
    method: str,
    plugins: tuple[Path, ...],
    data: str | None,
    expected: tuple[str, ...],
    device: Device,
    keras_backend: str,
    quiet: bool,
    as_json: bool,
) -> int:
    """Check that a method keeps the rules.

    The checks look for wrong answers that look right. METHOD is NAME or NAME[key=value,...]. A
    method that learns is fitted about three times: give it a short training, as in
    'matching[preset=tiny,steps=4]'. Exit code 3 if a check fails.
    """
    from harness.conformance.catalogue import require_known
    from harness.conformance.runner import CheckRunner
    from harness.running.fitting import Conditions

    require_known(expected)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its notes would hide ours
    Conditions(device=device, keras_backend=keras_backend).set_environment()
    tested = _method_under_test(method, plugins, data, device)
    if not quiet and not as_json:
        _announce(tested)
    checked = []
    # what the method prints must not mix with the JSON
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        for result in CheckRunner(tested):
            checked.append(CheckedRule(result=result, expected=result.check in expected))
            shown = checked[-1].wrong or not (quiet or result.outcome == "blocked")
            if shown and not as_json:
                _echo(checked[-1].line)
    if as_json:
        click.echo(json.dumps([each.as_json() for each in checked], indent=1))
    elif not quiet:
        _echo_summary(checked)
    return MethodError.exit_code if any(each.wrong for each in checked) else 0


@dataclass(frozen=True, kw_only=True)
class CheckedRule:
    """The result of a check, and whether it was expected to fail."""

    result: CheckResult
    expected: bool

    @property
    def mark(self) -> str:
        """The result, in the words that are printed."""
        if self.expected and self.result.outcome == "failed":
            return "failed as expected"
        if self.expected and self.result.outcome == "passed":
            return "passed unexpectedly"
        return self.result.outcome

    @property
    def wrong(self) -> bool:
        """Whether the check failed, or passed although it was expected to fail."""
        return self.mark in ("failed", "passed unexpectedly")

    @property
    def line(self) -> str:
        """The line that is printed."""
        reason = f": {self.result.reason}" if self.result.reason else ""
        mark = self.mark.upper() if self.wrong else self.mark
        return f"{self.result.check:<{NAME_WIDTH}} {mark}{reason}"

    def as_json(self) -> dict[str, Any]:
        """Return what is printed as JSON."""
        body = asdict(self.result)
        del body["fault"]
        return {**body, "mark": self.mark}


def _echo(line: str) -> None:
    """Print a result: on one line for a file or a pipe, wrapped in its column on a terminal."""
    if sys.stdout.isatty():
        line = wrapped(line, shutil.get_terminal_size().columns)
    click.echo(line)


def wrapped(line: str, width: int) -> str:
    """Return a line broken at spaces, continued in the column of the results."""
    indent = " " * (NAME_WIDTH + 1)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _echo_summary(checked: Sequence[CheckedRule]) -> None:
    blocked = Counter(each.result.reason for each in checked if each.mark == "blocked")
    for reason, n in blocked.items():
        name = "1 check" if n == 1 else f"{n} checks"
        click.echo(f"{name:<{NAME_WIDTH}} blocked: {reason}")
    counts = Counter(each.mark for each in checked)
    click.echo(", ".join(f"{mark}: {n}" for mark, n in counts.items()))


def _method_under_test(
    method: str, plugins: tuple[Path, ...], data: str | None, device: Device
) -> MethodUnderTest:
    from harness.conformance import MethodUnderTest, small_dataset
    from harness.plugins.datasets import load_dataset
    from harness.plugins.registry import Plugins

    whole = None if data is None else load_dataset(data, Plugins(plugins))
    return MethodUnderTest(method, plugins, small_dataset(whole), device)


def _announce(tested: MethodUnderTest) -> None:
    from harness.conformance import Nonconformance
    from harness.conformance.method_under_test import KEPT_FITS

    what = tested.dataset.id.label
    click.echo(f"{tested.method} on a small part of {what}", err=True)
    with suppress(Nonconformance):  # it cannot be built: the first check reports it
        if tested.learns and tested.keeps:
            click.echo(f"it learns, and is fitted {KEPT_FITS} times", err=True)
        elif tested.learns:
            click.echo("it learns and has no save and load, so most checks fit it again", err=True)
