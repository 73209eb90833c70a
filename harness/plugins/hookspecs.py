"""The three hooks of a plugin. A plugin is a module that implements one of them.

It is found through the entry point of its name, in the group that stands in each docstring, or
given as a file with ``--plugin``.
"""

from __future__ import annotations

from pluggy import HookimplMarker, HookspecMarker

from harness.protocol.dataset import DatasetSpec
from harness.protocol.method import MethodSpec
from harness.protocol.task import TaskSpec

hookspec = HookspecMarker("oneshot")
hookimpl = HookimplMarker("oneshot")


@hookspec
def oneshot_method() -> MethodSpec:  # type: ignore[empty-body]
    """Return the method that the entry point in ``oneshot.methods`` names."""


@hookspec
def oneshot_task() -> TaskSpec:  # type: ignore[empty-body]
    """Return the task family that the entry point in ``oneshot.tasks`` names."""


@hookspec
def oneshot_dataset() -> DatasetSpec:  # type: ignore[empty-body]
    """Return the dataset that the entry point in ``oneshot.datasets`` names."""
