"""The job process: reads a job from standard input, writes events to standard output.

Run as ``python -P -m harness.running.job_main``; ``harness.running.events`` defines the lines.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from typing import IO

from harness.errors import one_line
from harness.running.events import Ended, Event, to_line
from harness.running.job import Job, perform


def main() -> None:
    """Perform the job. Whatever the method prints goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = Job.from_json(sys.stdin.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    job.conditions.set_environment()
    try:
        for event in perform(job, lambda fitting: _send(events, fitting)):
            _send(events, event)
        _send(events, Ended())
    except Exception as failure:
        traceback.print_exc()
        _send(events, Ended(reason=one_line(failure)))


def _send(events: IO[str], event: Event | Ended) -> None:
    events.write(to_line(event))
    events.flush()


def _die_with_parent() -> None:
    """End when the parent ends, however it ends: standard input is then closed."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
