"""The process of one job: a job on standard input, events on standard output.

Run as ``python -P -m harness.worker``. Each event is a line of JSON: ``result``
with the text of a record or a failure, and at the end ``done``, or ``failed`` with a reason.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from typing import IO, Any

from harness.job import Job, perform, reason
from harness.records import to_json


def main() -> None:
    """Perform the job; whatever the method prints goes to standard error."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = Job.from_json(sys.stdin.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        for result in perform(job):
            _send(events, event="result", result=to_json(result))
        _send(events, event="done")
    except Exception as failure:
        traceback.print_exc()
        _send(events, event="failed", reason=reason(failure))


def _send(events: IO[str], **event: Any) -> None:
    events.write(json.dumps(event) + "\n")
    events.flush()


def _die_with_parent() -> None:
    """End with the parent, however it ended: it holds the other end of standard input."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
