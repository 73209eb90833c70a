"""Whether a worker runs the same code as this machine; the difference is named if not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from harness.errors import OneShotError
from harness.plugins.registry import Kind, Plugins
from harness.plugins.requirements import check_installed
from harness.plugins.source import source_hash
from harness.running.job import Job

PACKAGE = "oneshot-harness"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A method or family of tasks that jobs use, and the sha256 of its code."""

    kind: Kind
    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a worker must have to run jobs.

    Attributes:
        version: the harness's version.
        code: sha256 of the harness's own files that run on a worker.
        parts: the methods and tasks of the jobs.
        plugins: the files that may hold them.
        keras_backend: the backend of Keras.
    """

    version: str
    code: str
    parts: tuple[Part, ...]
    plugins: tuple[Path, ...]
    keras_backend: str


def requirements(jobs: Iterable[Job]) -> Requirements:
    """Return what a worker must have to run these jobs, which are of one request."""
    jobs = list(jobs)
    plugins = Plugins(jobs[0].plugins)
    names: dict[tuple[Kind, str], None] = {}
    for job in jobs:
        names["method", job.choice.name] = None
        names |= dict.fromkeys(("task", task.family) for task in job.tasks)
    return Requirements(
        version=version(PACKAGE),
        code=harness_code(),
        parts=tuple(
            Part(kind=kind, name=name, source=plugins.source(kind, name)) for kind, name in names
        ),
        plugins=jobs[0].plugins,
        keras_backend=jobs[0].conditions.keras_backend,
    )


@lru_cache(maxsize=8)
def difference(required: Requirements) -> str | None:
    """Return what differs in this process, and what to do about it; None if nothing does."""
    here = version(PACKAGE)
    if here != required.version:
        return (
            f"{PACKAGE} there is {here}, and {required.version} here; install the same version on "
            "every worker"
        )
    if harness_code() != required.code:
        return (
            f"{PACKAGE} {here} there has other code than here; bring every worker to the same "
            "commit, and restart it"
        )
    try:
        plugins = Plugins(required.plugins)
        for part in required.parts:
            if part.kind == "method":
                check_installed(plugins.method(part.name), required.keras_backend)
            if plugins.source(part.kind, part.name) != part.source:
                return (
                    f"the {part.kind} {part.name} there has other code than here; install the "
                    "same on every worker, and restart it"
                )
    except OneShotError as refusal:
        return f"{refusal} (on that worker)"
    return None


@lru_cache(maxsize=1)
def harness_code() -> str:
    """Return the hash of the harness's code that runs on a worker and in its job processes."""
    here = Path(__file__)
    parts = {
        "harness.running.cluster.sent_job": here.with_name("sent_job.py"),
        "harness.running.job_main": here.parents[1] / "job_main.py",
    }
    return " ".join(source_hash(file, module) for module, file in parts.items())
