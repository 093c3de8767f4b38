"""Marks texts for the catalogues where they are written before a language is known."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's name for "mark, translate later"
    """``text`` itself; ``make messages`` finds it by this name."""
    return text
