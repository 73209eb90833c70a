"""The reference workload: how long this machine takes now for work that never changes.

Seconds of two runs compare only if nothing else differs. Divided by the seconds of this workload
in the same process, they compare even if one machine was busier or slower.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from harness.records.record import Reference
from harness.running.machine import peak_memory

REPEATS = 3


class Meter:
    """Times the workload before, between and after measurements, about 10 ms each time."""

    def __init__(self) -> None:
        self._work = Workload()
        self._work.run()  # the first run pays for pages and caches
        self._taken: list[float] = []
        self._memory = peak_memory()
        self.sample()

    def sample(self) -> None:
        """Time the workload now."""
        for _ in range(REPEATS):
            started = perf_counter()
            self._work.run()
            self._taken.append(perf_counter() - started)

    @property
    def reference(self) -> Reference:
        """The median of all samples, and the peak memory before the first of them."""
        return Reference(seconds=float(np.median(self._taken)), memory=self._memory)


class Workload:
    """Arithmetic, a sort and a popcount, in one thread: several would wait for each other."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._factors = rng.random((2, 200_000), np.float32)
        self._numbers = rng.random(50_000)
        self._words = rng.integers(0, 2**63, 100_000, np.uint64)

    def run(self) -> None:
        """Do the work once; about 3 milliseconds."""
        one, other = self._factors
        for _ in range(4):
            one = one * other + one
        np.sort(self._numbers)
        np.bitwise_count(self._words ^ self._words[::-1]).sum()
