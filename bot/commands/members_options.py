"""The options of ``insop members``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.numbers import row_number

if TYPE_CHECKING:
    from bot.config import Settings

WORDS = 'search, e.g. "country:kenya group:farmer state:applied wanjiru"'
FORMATS = ("csv", "xlsx", "json")
FILE = "the file to write, such as members.xlsx (default: CSV to standard output)"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    members = commands.add_parser("members", help="the list of members")
    works = members.add_subparsers(title="actions", metavar="", required=True, dest="work")
    listing = works.add_parser("list", help="print members, tab-separated")
    listing.add_argument("words", nargs="?", help=WORDS)
    export = works.add_parser("export", help="write members to a file")
    export.add_argument("file", nargs="?", type=Path, metavar="FILE", help=FILE)
    export.add_argument("--search", dest="words", metavar="WORDS", help=WORDS)
    export.add_argument("--format", choices=FORMATS, help="where the file's name does not tell it")
    export.add_argument("--output", type=Path, metavar="FILE", help="the same as FILE")
    taking = works.add_parser("import", help="take over an existing list")
    taking.add_argument("file", type=Path, help="a .csv, .xlsx or .json file with headings")
    taking.add_argument("--dry-run", action="store_true", help="only name every bad row")
    taking.add_argument("--skip-bad", action="store_true", help="import the good rows")
    taking.add_argument("--faults", type=int, default=100_000, help="how many faults to print")
    duplicates = works.add_parser("duplicates", help="print records that look alike")
    duplicates.add_argument("words", nargs="?", help=WORDS)
    works.add_parser("stats", help="count members by state, country, group and month")
    grant = works.add_parser("grant", help="give a person a role, or take it")
    grant.add_argument("number", type=row_number, help="the number of a record")
    grant.add_argument("role", choices=("none", "member", "expert", "secretariat", "admin"))
    for part in works.choices.values():
        part.set_defaults(run=_members, is_quiet=True)


def _members(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.members import run

    return run(options, settings)
