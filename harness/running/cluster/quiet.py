"""Dask's own words, kept off the screen."""

from __future__ import annotations

import logging


def quieten() -> None:
    """Keep Dask's own logs off the screen: what matters is told as an error or a failed row."""
    # two of them have levels of their own
    for name in ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
