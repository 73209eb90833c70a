"""Telling how a run goes: a bar where a terminal is, plain lines where not."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

from harness.engine import Result
from harness.records import Failure

if TYPE_CHECKING:
    from rich.progress import Progress


class RunProgress:
    """Prints a line for each result, with a bar below them on a terminal.

    Args:
        n_results: how many results there will be.
        quiet: print failures only.
    """

    def __init__(self, n_results: int, *, quiet: bool = False) -> None:
        from rich.console import Console

        self.n_failed = 0
        self._n_results, self._n_done, self._quiet = n_results, 0, quiet
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = self._new_bar() if self._console.is_terminal and not quiet else None
        self._lock = threading.Lock()

    def __call__(self, result: Result) -> None:
        """Count and print one result; may be called from any thread."""
        with self._lock:
            self._n_done += 1
            failed = isinstance(result, Failure)
            self.n_failed += failed
            if failed or not self._quiet:
                self._console.print(self._line(result), markup=False, style="red" if failed else "")
            if self._bar is not None:
                self._bar.update(self._bar.task_ids[0], completed=self._n_done)

    def __enter__(self) -> RunProgress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _new_bar(self) -> Progress:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        bar = Progress(*columns, console=self._console, transient=True)
        bar.add_task("", total=self._n_results)
        return bar

    def _line(self, result: Result) -> str:
        width = len(str(self._n_results))
        count = f"[{self._n_done:>{width}}/{self._n_results}]"
        what = f"{result.identity.task}  {result.identity.choice}  seed {result.identity.seed}"
        if isinstance(result, Failure):
            return f"{count} {what}  FAILED: {result.reason}"
        accuracy = 100 * result.outcomes.credit.mean()
        seconds = result.cost.score_seconds
        return f"{count} {what}  {accuracy:.2f} %  scored in {seconds:.2f} s"
