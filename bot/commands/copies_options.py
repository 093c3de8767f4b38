"""The options of ``insop db backup|restore|copy``; the work is imported when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import Settings


def add_to(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the three actions."""
    backup = actions.add_parser("backup", help="copy the database into one file; may run beside")
    backup.add_argument("folder", nargs="?", type=Path, help="default: [backup] folder")
    backup.set_defaults(run=_run("run_backup"), is_quiet=True)
    restore = actions.add_parser("restore", help="put a backup in place; stop the assistant first")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="though there is something")
    restore.set_defaults(run=_run("run_restore"), is_quiet=True)
    copy = actions.add_parser("copy", help="from one database to an empty other, checked")
    copy.add_argument("source", metavar="FROM", help="such as sqlite:///var/insop.db")
    copy.add_argument("target", metavar="TO", help="such as postgresql://user@host/name")
    copy.set_defaults(run=_run("run_copy"), is_quiet=True)


def _run(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def run(options: argparse.Namespace, settings: Settings) -> int:
        return int(getattr(import_module("bot.commands.copies"), name)(options, settings))

    return run
