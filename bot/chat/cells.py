"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run as a formula (OWASP, CSV injection)."""
GUARD: Final = "'"


def guarded(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not run it."""
    return GUARD + cell if cell.startswith(FORMULA_SIGNS) else cell
