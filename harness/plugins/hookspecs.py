"""The three hooks: a plugin is a module that implements one of them.

An entry point of the plugin's name, in the group that the hook's docstring names, makes it known;
so does ``--plugin FILE``.
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
