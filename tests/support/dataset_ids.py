"""Ids of datasets that are never read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.protocol.dataset import DatasetId
from harness.records.record import Identity

OMNIGLOT = DatasetId(name="omniglot", fingerprint="f0f0f0f0f0f0", synthetic=False)
TINY = DatasetId(name="tiny", fingerprint="f" * 64, synthetic=True)


def on_another(identity: Identity, **changed: Any) -> Identity:
    """Return an identity whose dataset has another name, fingerprint or origin."""
    return replace(identity, dataset=replace(identity.dataset, **changed))
