"""The options of ``insop announce``; its work is imported only when it is asked for."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands.numbers import row_number
from knowledge.model import LANGUAGES

if TYPE_CHECKING:
    from bot.config import Settings

_AUDIENCE: Final = (
    "all, or conditions with commas between: telegram, fr, country=SN, group=farmer, "
    "interest=mapping, chats=private, chats=group, event=7; the same key twice means either, "
    "different keys mean both (default: all)"
)
_CHANGES: Final = ("correct", "recall", "pause", "resume", "cancel")
_DESCRIPTION: Final = (
    "Write to all subscribers, or with 'insop announce report NUMBER' see what became of it. "
    "The message leaves through 'insop run', which must run for that."
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    announce = commands.add_parser(
        "announce", help="write to all subscribers", description=_DESCRIPTION
    )
    announce.add_argument(
        "file",
        metavar="FILE.md",
        help="the text; or a word: report, correct, recall, pause, resume, cancel",
    )
    announce.add_argument(
        "number",
        nargs="?",
        type=row_number,
        help="with report, correct, recall …: the announcement",
    )
    announce.add_argument("text", nargs="?", metavar="TEXT.md", help="with correct: the new text")
    announce.add_argument(
        "--audience",
        default="all",
        metavar="WHO",
        help=_AUDIENCE,
    )
    announce.add_argument("--lang", choices=LANGUAGES, help="the text's language")
    announce.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="LANG=FILE",
        help="a version in another language; may be repeated",
    )
    announce.add_argument(
        "--topic", choices=("news", "events", "calls"), default="news", help="(default: news)"
    )
    announce.add_argument(
        "--at", metavar="TIME", help='"2026-05-01 09:00" in the zone of the settings, or +3h'
    )
    announce.add_argument(
        "--hour", metavar="TIME", help='"2026-05-01 09:00" on each reader\'s own clock'
    )
    announce.add_argument("--any-hour", action="store_true", help="in quiet hours, too")
    announce.add_argument(
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help="a picture or a document; may be repeated",
    )
    announce.add_argument(
        "--expires",
        metavar="TIME",
        default="+7d",
        help="what has not left by then is dropped; +7d counts from its start (default: +7d)",
    )
    announce.add_argument("--dry-run", action="store_true", help="show all, send nothing")
    announce.add_argument("--yes", action="store_true", help="send without asking")
    announce.add_argument(
        "--again", action="store_true", help="send although the same text was sent before"
    )
    announce.add_argument(
        "--csv",
        type=Path,
        nargs="?",
        const=Path("-"),
        metavar="FILE",
        help="with report: every recipient, to FILE or standard output",
    )
    announce.set_defaults(run=_announce, is_quiet=True)


def _announce(options: argparse.Namespace, settings: Settings) -> int:
    module = "announce"
    if options.file == "report":
        module = "announce_report"
    elif options.file in _CHANGES:
        module = "announce_change"
    return int(import_module(f"bot.commands.{module}").run(options, settings))
