"""The options of ``insop kb``; its work is imported only when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.model import LANGUAGES, TOPICS

if TYPE_CHECKING:
    from bot.config import Settings


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its actions."""
    kb = commands.add_parser("kb", help="tools for authors of the knowledge base")
    actions = kb.add_subparsers(title="actions", metavar="", required=True)
    checking = actions.add_parser("check", help="name everything that should be mended")
    checking.add_argument("--strict", action="store_true", help="fail on warnings too")
    checking.set_defaults(run=_run("run_check"), is_quiet=True)
    stats = actions.add_parser("stats", help="articles by topic and language")
    stats.set_defaults(run=_run("run_stats"), is_quiet=True)
    digest = actions.add_parser("digest", help="the digest of an English article, for translators")
    digest.add_argument("article", metavar="ID")
    digest.set_defaults(run=_run("run_digest"), is_quiet=True)
    new = actions.add_parser("new", help="begin an article or a translation")
    new.add_argument("article", metavar="ID")
    new.add_argument("--topic", choices=TOPICS, default="basics")
    new.add_argument("--title", default="")
    new.add_argument("--lang", choices=LANGUAGES, default="en")
    new.set_defaults(run=_run("run_new"), is_quiet=True)
    preview = actions.add_parser("preview", help="an article as each platform shows it")
    preview.add_argument("article", metavar="ID")
    preview.add_argument("--lang", choices=LANGUAGES, default="en")
    preview.set_defaults(run=_run("run_preview"), is_quiet=True)
    export = actions.add_parser("export", help="the whole knowledge base in one file")
    export.add_argument("--format", choices=("json", "csv", "html"), default="html")
    export.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the page")
    export.add_argument("--output", type=Path, help="file to write (default: standard output)")
    export.set_defaults(run=_run("run_export"), is_quiet=True)


def _run(name: str) -> Callable[[argparse.Namespace, Settings], int]:
    def run(options: argparse.Namespace, settings: Settings) -> int:
        return int(getattr(import_module("bot.commands.kb"), name)(options, settings))

    return run
