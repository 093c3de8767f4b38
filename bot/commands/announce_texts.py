"""Texts of announcements from files, and the question before anything is sent."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.chat.cleaning import clean
from handlers.announce_texts import LIMIT


class Misuse(Exception):
    """The options cannot be used; one plain sentence."""


def read_text(name: str) -> str:
    """The text of a file; raises ``Misuse``."""
    path = Path(name)
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot be read ({type(error).__name__}).") from error
    text = clean(raw, len(raw))
    if not text:
        raise Misuse(f"{path}: is empty.")
    if len(text) > LIMIT:
        raise Misuse(f"{path}: has {len(text)} characters; at most {LIMIT} fit one message.")
    return text


def agrees(question: str, *, is_yes: bool, is_dry: bool) -> bool:
    """Whether to go on: by ``--yes``, or asked on a terminal; never on ``--dry-run``."""
    if is_dry:
        print("Nothing was sent (--dry-run).")
        return False
    if is_yes:
        return True
    if not sys.stdin.isatty():
        print("Nothing was sent. Add --yes to send, or --dry-run to look.", file=sys.stderr)
        return False
    try:
        answer = input(f"{question} Type yes: ")
    except EOFError:  # Ctrl+D
        answer = ""
        print()
    if answer.strip().casefold() == "yes":
        return True
    print("Nothing was sent.")
    return False
