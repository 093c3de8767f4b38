"""Numbers as options of the command line."""

from __future__ import annotations

import argparse

from bot.chat.actions import is_number


def row_number(text: str) -> int:
    """The number of a row, for ``add_argument(type=…)``; refuses what no table can hold."""
    if not is_number(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of this list")
    return int(text)
