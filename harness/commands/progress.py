"""The progress of a run: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from harness.protocol.settings import MethodChoice
from harness.records.record import Failure, Record
from harness.running.events import Event, Fitting, Result, Started

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

FIRST_SECONDS, PLAIN_SECONDS = 5.0, 30.0
"""Before the first line about a training, and between two lines, without a terminal."""


class RunProgress:
    """Prints a line for each result, and the progress of trainings: bars on a terminal.

    Args:
        n_results: how many results there will be.
        quiet: print failures only.

    Attributes:
        n_failed: how many results are failures.
        bars: the bars, if they are shown on a terminal.
    """

    def __init__(self, n_results: int, *, quiet: bool = False) -> None:
        from rich.console import Console

        self.n_failed = 0
        self._n_results, self._n_done, self._quiet = n_results, 0, quiet
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.bars = self._new_bars() if self._console.is_terminal and not quiet else None
        self._fits: dict[str, TaskID] = {}
        self._where: dict[str, str] = {}
        self._not_before: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Fitting():
                self._show_fitting(event)
            case Started():
                self._show_started(event)
            case Record() | Failure():
                self._show_result(event)

    def __enter__(self) -> RunProgress:
        if self.bars is not None:
            self.bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bars is not None:
            self.bars.stop()

    def _new_bars(self) -> Progress:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        bars = Progress(*columns, console=self._console, transient=True)
        self._all = bars.add_task("results", total=self._n_results)
        return bars

    def _show_result(self, result: Result) -> None:
        self._n_done += 1
        failed = isinstance(result, Failure)
        self.n_failed += failed
        if failed or not self._quiet:
            self._console.print(self._line(result), markup=False, style="red" if failed else "")
        if self.bars is not None:
            self.bars.update(self._all, completed=self._n_done)
            fit = self._fits.pop(_name(result.identity), None)
            if fit is not None:
                self.bars.remove_task(fit)

    def _show_started(self, started: Started) -> None:
        """Show which worker runs a job: a bar on a terminal, else a line if it is not the first."""
        name = _name(started)
        again = name in self._where
        self._where[name] = started.where
        if self.bars is not None:
            if name not in self._fits:
                self._fits[name] = self.bars.add_task(name, total=None)
            self.bars.update(self._fits[name], description=f"{name}{self._on(name)}")
        elif again and not self._quiet:
            self._console.print(f"again   {name}{self._on(name)}", markup=False)

    def _on(self, name: str) -> str:
        return f"  on {self._where[name]}" if name in self._where else ""

    def _show_fitting(self, fitting: Fitting) -> None:
        name, progress = _name(fitting), fitting.progress
        now = f"loss {progress.loss:.3f}"
        if progress.accuracy is not None:
            now += f"  validation {progress.accuracy:.2f} %"
        if self.bars is not None:
            if name not in self._fits:
                self._fits[name] = self.bars.add_task(name)
            self.bars.update(
                self._fits[name],
                description=f"{name}{self._on(name)}  {now}",
                completed=progress.step,
                total=progress.n_steps,
            )
        elif not self._quiet and monotonic() >= self._not_before.setdefault(
            name, monotonic() + FIRST_SECONDS
        ):
            self._not_before[name] = monotonic() + PLAIN_SECONDS
            left = f"{progress.seconds_left / 60:.1f} min left"
            steps = f"step {progress.step}/{progress.n_steps}"
            self._console.print(
                f"fitting {name}{self._on(name)}  {steps}  {now}  {left}", markup=False
            )

    def _line(self, result: Result) -> str:
        width = len(str(self._n_results))
        count = f"[{self._n_done:>{width}}/{self._n_results}]"
        name = _name(result.identity)
        what, where = f"{result.identity.task}  {name}", self._on(name)
        if isinstance(result, Failure):
            return f"{count} {what}{where}  FAILED: {result.reason}"
        accuracy = result.outcomes.percent
        seconds = result.cost.score_seconds
        fitted = "  (fitted earlier)" if result.cost.cached else ""
        return f"{count} {what}  {accuracy:.2f} %  scored in {seconds:.2f} s{fitted}{where}"


class _Named(Protocol):
    @property
    def choice(self) -> MethodChoice: ...

    @property
    def seed(self) -> int: ...


def _name(of: _Named) -> str:
    """Return the name of a job on the screen."""
    return f"{of.choice}  seed {of.seed}"
