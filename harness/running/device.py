"""The device that methods compute on: a graphics card is found without any framework."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Literal

from harness.errors import UsageError

Device = Literal["auto", "cpu", "cuda"]
DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda")


@lru_cache(maxsize=1)
def graphics_card() -> str | None:
    """Return the name of the first NVIDIA card that this process may use; None without one."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    count, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or count.value == 0:
        return None
    driver.cuDeviceGetName(name, len(name), 0)
    return name.value.decode("ascii", "replace")


def check_device(device: Device) -> None:
    """Raise UsageError if a card is requested and there is none."""
    if device == "cuda" and graphics_card() is None:
        raise UsageError(
            "--device cuda: this machine has no NVIDIA card that can be used; use --device auto "
            "or cpu"
        )
