"""Where records come from: the machines, the versions and the commits that made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.records import Failure, Record


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What the environments of all results hold, each distinct value once, sorted.

    Attributes:
        machines: system, processor and cores, in words.
        versions: of each package, every version that was used.
        commits: of this project's checkout.
    """

    machines: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    commits: tuple[str, ...]


def provenance(results: Iterable[Record | Failure]) -> Provenance:
    """Collect what the results say of where they were made."""
    machines, commits = set(), set()
    versions: dict[str, set[str]] = {}
    for result in results:
        environment = result.environment
        machines.add(_machine(environment.get("machine", {})))
        commits.add(str(environment.get("commit") or "not in a checkout"))
        for package, version in environment.get("versions", {}).items():
            versions.setdefault(package, set()).add(str(version))
    return Provenance(
        machines=tuple(sorted(machines)),
        versions={package: tuple(sorted(versions[package])) for package in sorted(versions)},
        commits=tuple(sorted(commits)),
    )


def _machine(machine: Mapping[str, object]) -> str:
    processor, system = machine.get("processor", "unknown"), machine.get("system", "unknown")
    card = f", {machine['graphics_card']}" if "graphics_card" in machine else ""
    return f"{processor}, {machine.get('cores', 'unknown')} cores{card}, {system}"
