"""The command ``insop``. Each command imports what it needs, so that none pays for another."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands.collecting import collect_rarely

if TYPE_CHECKING:
    from bot.config import Settings

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
UNWRITABLE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Errors of an output, such as a full disk, that nobody can mend here."""

Run = Callable[[argparse.Namespace, "Settings"], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong use or settings)."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    run: Run | None = getattr(options, "run", None)
    if run is None:
        parser.print_help()
        return MISUSED
    collect_rarely()
    from bot.config import ConfigError, load

    try:
        settings = load(options.config)
    except ConfigError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return MISUSED
    from bot.logs import configure
    from bot.redacting import secrets_of

    is_quiet = getattr(options, "is_quiet", False)
    configure(settings.log, is_quiet=is_quiet, secrets=secrets_of(settings))
    try:
        code = run(options, settings)
        if sys.stdout is not None:
            # What waits in the buffer must fail here, not while Python ends.
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _let_go()
        return FAILED
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        _let_go()
        print(f"The output cannot be written: {error.strerror}.", file=sys.stderr)
        return FAILED


def _let_go() -> None:
    """Lose what could not be written, so that Python does not try once more while it ends."""
    if sys.__stdout__ is not None and sys.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


def build_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="insop", description="The assistant of the International Network on Soil Pollution."
    )
    parser.add_argument(
        "--config", type=Path, help="settings file (default: config.toml, if there is one)"
    )
    commands = parser.add_subparsers(title="commands", metavar="")
    _add_chat(commands)
    _add_ask(commands)
    _add_route(commands)
    _add_run(commands)
    _add_database(commands)
    _add_kb(commands)
    _add_eval(commands)
    _add_members(commands)
    _add_announce(commands)
    _add_events(commands)
    _add_report(commands)
    doctor = commands.add_parser("doctor", help="say what is set up, reachable and missing")
    doctor.set_defaults(run=_doctor, is_quiet=True)
    return parser


def _add_chat(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chat = commands.add_parser("chat", help="talk to the assistant in this terminal")
    chat.add_argument("--as", dest="name", default="you", help="your name (default: you)")
    chat.add_argument(
        "--role",
        choices=("member", "secretariat", "admin"),
        default="member",
        help="what you may do (default: member)",
    )
    chat.add_argument("--lang", help="your language: en, fr, es, ar, ru, zh")
    chat.set_defaults(run=_chat, is_quiet=True)


def _add_ask(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = commands.add_parser("ask", help="answer one question, or a file of them")
    ask.add_argument("text", nargs="?", help="the question")
    ask.add_argument("--lang", default="auto", help="answer in this language (default: auto)")
    ask.add_argument("--json", action="store_true", help="print one JSON object for each question")
    ask.add_argument(
        "--batch", type=Path, metavar="FILE", help='lines of {"id", "text", "lang"?}; needs --json'
    )
    ask.add_argument("--explain", action="store_true", help="say why")
    ask.set_defaults(run=_ask, is_quiet=True)


def _add_route(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    route = commands.add_parser("route", help="say to whom a question would go, and why")
    route.add_argument("text", help="the question")
    route.add_argument("--lang", help="its language: en, fr, es, ar, ru, zh")
    route.add_argument("--country", help="the asker's country, two letters")
    route.add_argument("--topic", help="its topic (default: found from the text)")
    route.add_argument("--group", help="a working group")
    route.add_argument("--urgent", action="store_true")
    route.set_defaults(run=_route, is_quiet=True)


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="serve Telegram and Discord until stopped")
    run.add_argument(
        "--role",
        default="all",
        help="all (default), or some of gateway, sender, clock joined by commas (PostgreSQL)",
    )
    run.set_defaults(run=_run)


def _add_database(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    database = commands.add_parser("db", help="the database's tables")
    actions = database.add_subparsers(title="actions", metavar="", required=True)
    upgrade = actions.add_parser("upgrade", help="bring the tables to this release")
    upgrade.set_defaults(run=_upgrade, is_quiet=True)
    status = actions.add_parser("status", help="say at which migration the tables are")
    status.set_defaults(run=_status, is_quiet=True)
    from bot.commands.copies_options import add_to

    add_to(actions)


def _add_kb(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.commands.kb_options import add_to

    add_to(commands)


def _add_members(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.commands.members_options import add_to

    add_to(commands)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.commands.report import add_to

    add_to(commands)


def _add_announce(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.commands.announce_options import add_to

    add_to(commands)


def _add_events(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from bot.commands.events_options import add_to

    add_to(commands)


def _add_eval(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    evaluate = commands.add_parser("eval", help="measure the search")
    evaluate.add_argument("set", nargs="?", type=Path, help="a data set (JSON)")
    evaluate.add_argument("--knowledge", action="store_true", help="the articles themselves")
    evaluate.add_argument("--labels", action="store_true", help="questions that staff labelled")
    evaluate.add_argument(
        "--apply", action="store_true", help="with --labels: use the thresholds that follow"
    )
    evaluate.add_argument(
        "--k", type=int, choices=(3, 5, 10), default=5, help="examples for each entry (default: 5)"
    )
    evaluate.add_argument("--seed", type=int, default=0, help="which examples are drawn")
    evaluate.add_argument("--typos", action="store_true", help="misspell the questions")
    evaluate.add_argument("--json", action="store_true")
    evaluate.set_defaults(run=_eval, is_quiet=True)


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.chat import run

    return run(options, settings)


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.ask import run

    return run(options, settings)


def _route(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.route import run

    return run(options, settings)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.serve import run

    return run(options, settings)


def _upgrade(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.database import upgrade_tables

    return upgrade_tables(settings)


def _status(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.database import print_status

    return print_status(settings)


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.evaluate import run

    return run(options, settings)


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from bot.commands.doctor import run

    return run(options, settings)


if __name__ == "__main__":
    sys.exit(main())
