"""The words of a report for classes, groups and images: each dataset brings its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.plugins.datasets import nouns_of
from harness.plugins.registry import Plugins
from harness.protocol.dataset import Nouns


@dataclass(frozen=True, kw_only=True)
class ReportNouns:
    """The nouns of each dataset in a report, by the dataset's name."""

    by_dataset: Mapping[str, Nouns] = field(default_factory=dict)

    def of(self, dataset: str) -> Nouns:
        """Return a dataset's nouns."""
        return self.by_dataset.get(dataset, Nouns())

    @property
    def shared(self) -> Nouns:
        """The nouns of all datasets where they agree, else the general ones."""
        different = set(self.by_dataset.values())
        return different.pop() if len(different) == 1 else Nouns()


GENERAL = ReportNouns()


def report_nouns(datasets: Iterable[str], plugins: Plugins) -> ReportNouns:
    """Return the nouns of some datasets; none of them is loaded."""
    return ReportNouns(by_dataset={name: nouns_of(name, plugins) for name in datasets})
