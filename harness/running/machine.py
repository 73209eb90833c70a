"""The environment of a record: machine, versions, commit, and a process's peak memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

from harness.running.device import graphics_card


def environment() -> dict[str, Any]:
    """Describe this machine and the modules that this process has loaded so far, for a record."""
    backend = {"keras_backend": keras_backend()} if "keras" in sys.modules else {}
    return {
        "machine": machine(),
        "versions": _versions(),
        "commit": commit(),
        "threads": threads(),
        **backend,
    }


def threads() -> str:
    """Return how many threads numerical libraries may use, or ``all``."""
    return os.environ.get("OMP_NUM_THREADS", "all")


def keras_backend() -> str:
    """Return the backend of Keras in this process."""
    return os.environ.get("KERAS_BACKEND", "tensorflow")


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Describe the machine: system, processor, cores, graphics card."""
    card = graphics_card()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        **({} if card is None else {"graphics_card": card}),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _versions() -> dict[str, str]:
    """Return the versions of Python, of this project, and of each imported distribution."""
    named = {"python": platform.python_version()}
    distributions = _distributions()
    for module in sorted({name.partition(".")[0] for name in list(sys.modules)}):
        for distribution in distributions.get(module, ()):
            named[distribution] = _version(distribution)
    return named


def module_version(module: str) -> str:
    """Return the version of an installed module, whatever its distribution is called."""
    return " ".join(_version(name) for name in sorted(set(_distributions().get(module, ()))))


_distributions = lru_cache(maxsize=1)(packages_distributions)
_version = lru_cache(maxsize=None)(version)


@lru_cache(maxsize=1)
def commit() -> str | None:
    """Return the git commit of this project's checkout, marked if it has changes; else None."""
    here = Path(__file__)
    root = here.parents[2]

    def git(*arguments: str) -> str:
        return subprocess.run(
            # a job that is killed meanwhile must leave no lock in the checkout
            ["git", "--no-optional-locks", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout.strip()

    try:
        # an installed copy may lie inside somebody else's checkout
        git("ls-files", "--error-unmatch", str(here.relative_to(root)))
        changed = git("status", "--porcelain", "--", "harness", "methods", "tasks")
        return git("rev-parse", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return None


def peak_memory() -> int:
    """Return the most bytes of memory that this process has held so far."""
    try:
        # not getrusage: its peak outlives exec, so a child would start at its parent's
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
