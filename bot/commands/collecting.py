"""When Python looks for garbage that refers to itself: rarely, and never in what stays."""

from __future__ import annotations

import gc
from typing import Final

RARELY: Final = (50_000, 20, 20)
"""Allocations between collections: what a turn makes is gone by itself, and each collection in the
middle of turns is felt (p99 at 100 turns a second 23 to 98 ms before, 12 ms with this). A start
with Python's own 700 spends a fifth of its time looking through modules that all stay."""


def collect_rarely() -> None:
    """From now on; call it before the many imports of a command."""
    gc.set_threshold(*RARELY)


def keep_what_is_there() -> None:
    """Leave out of all collections what exists by now, and lives as long as the process.

    Without this, every full collection would walk the half a million objects of the knowledge
    base and hold all turns up for it.
    """
    gc.freeze()
