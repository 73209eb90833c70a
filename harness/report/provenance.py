"""Where records come from: the machines, the versions and the commits that made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.records.record import Failure, Record
from harness.report.quantities import count


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How many results there are, and what their environments hold, each distinct value once.

    Attributes:
        n_records: results that were measured.
        n_failures: results that failed.
        machines: system, processor and cores, in words.
        versions: of each package, every version that was used.
        commits: of this project's checkout.
    """

    n_records: int
    n_failures: int
    machines: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]]
    commits: tuple[str, ...]

    @property
    def made_from(self) -> str:
        """The results in words: ``1,234 records and 2 failures``."""
        words = _counted(self.n_records, "record")
        return words + (f" and {_counted(self.n_failures, 'failure')}" if self.n_failures else "")


def provenance(results: Iterable[Record | Failure]) -> Provenance:
    """Collect what the results say of where they were made."""
    n_records = n_failures = 0
    machines, commits = set(), set()
    versions: dict[str, set[str]] = {}
    for result in results:
        if isinstance(result, Record):
            n_records += 1
        else:
            n_failures += 1
        environment = result.environment
        machines.add(_machine(environment.get("machine", {})))
        commits.add(str(environment.get("commit") or "not in a checkout"))
        for package, version in environment.get("versions", {}).items():
            versions.setdefault(package, set()).add(str(version))
    return Provenance(
        n_records=n_records,
        n_failures=n_failures,
        machines=tuple(sorted(machines)),
        versions={package: tuple(sorted(versions[package])) for package in sorted(versions)},
        commits=tuple(sorted(commits)),
    )


def _counted(number: int, what: str) -> str:
    return f"{count(number)} {what}{'' if number == 1 else 's'}"


def _machine(machine: Mapping[str, object]) -> str:
    processor, system = machine.get("processor", "unknown"), machine.get("system", "unknown")
    card = f", {machine['graphics_card']}" if "graphics_card" in machine else ""
    return f"{processor}, {machine.get('cores', 'unknown')} cores{card}, {system}"
