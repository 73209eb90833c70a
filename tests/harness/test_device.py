from __future__ import annotations

import ctypes

import pytest

from harness.device import check_device, graphics_card
from harness.errors import UsageError


def test_a_machine_without_a_driver_has_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", no_driver)
    graphics_card.cache_clear()
    try:
        assert graphics_card() is None
        check_device("auto")
        check_device("cpu")
        with pytest.raises(UsageError, match="no NVIDIA card that can be used; use --device auto"):
            check_device("cuda")
    finally:
        graphics_card.cache_clear()


class Driver:
    """A driver that knows one card."""

    def cuInit(self, flags: int) -> int:  # noqa: N802
        return 0

    def cuDeviceGetCount(self, count) -> int:  # noqa: N802
        count._obj.value = 1
        return 0

    def cuDeviceGetName(self, name, size: int, card: int) -> int:  # noqa: N802
        name.value = b"A Card"
        return 0


def test_a_card_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Driver())
    graphics_card.cache_clear()
    try:
        assert graphics_card() == "A Card"
        check_device("cuda")
    finally:
        graphics_card.cache_clear()
