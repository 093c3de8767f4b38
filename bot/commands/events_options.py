"""The options of ``insop events``; its work is imported only when it is asked for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands.numbers import row_number
from knowledge.model import LANGUAGES

if TYPE_CHECKING:
    from bot.config import Settings


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    events = commands.add_parser("events", help="the calendar: list, import, export")
    actions = events.add_subparsers(title="actions", metavar="", required=True)
    shown = actions.add_parser("list", help="what comes next")
    shown.add_argument("--past", action="store_true", help="what was, the latest first")
    shown.add_argument("--limit", type=row_number, default=20, help="at most so many (default: 20)")
    shown.add_argument("--json", action="store_true", help="one JSON object a line")
    shown.add_argument("--feeds", action="store_true", help="the calendars that are read again")
    shown.set_defaults(run=_list, is_quiet=True)
    taken = actions.add_parser(
        "import",
        help="take in a calendar file, or one from the web",
        description="Take the events of an iCalendar file into the calendar. An address is read "
        "again on a schedule while 'insop run' runs; --once reads it only now.",
    )
    taken.add_argument("source", metavar="FILE.ics|URL")
    taken.add_argument("--once", action="store_true", help="do not read the address again")
    taken.add_argument(
        "--dry-run", action="store_true", help="say what the file holds, change nothing"
    )
    taken.set_defaults(run=_import, is_quiet=True)
    given = actions.add_parser("export", help="write a calendar file that others can read")
    given.add_argument("file", metavar="FILE.ics", help="- writes to standard output")
    given.add_argument("--id", type=row_number, dest="number", metavar="N", help="one event only")
    given.add_argument("--lang", choices=LANGUAGES, help="the language of the texts")
    given.set_defaults(run=_export, is_quiet=True)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.events import show

    return show(options, settings)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.events_import import take_in

    return take_in(options, settings)


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.events import export

    return export(options, settings)
