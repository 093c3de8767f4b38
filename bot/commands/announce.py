"""``insop announce FILE.md``: the secretariat's announcement from the command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.adapters.console.render import show
from bot.app import prepare_database
from bot.chat.messages import Message
from bot.commands.announce_audience import AudienceFault, read_audience
from bot.commands.announce_watch import watch
from bot.config import Settings
from bot.store import Database
from bot.store.announcements import FALLBACK
from bot.store.audience import Audience
from bot.store.database import DatabaseError
from bot.translating import translator
from handlers.announce_audience import recipients_text
from handlers.announce_texts import LIMIT, Wording, compose, parse_time, shown_time
from knowledge.model import LANGUAGES


class Misuse(Exception):
    """The options cannot be used; one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An announcement as the options describe it. Times are aware."""

    wording: Wording
    audience: Audience
    topic: str
    due_at: datetime | None
    expires_at: datetime


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Show it, ask, and let it leave; 0 where that is done, 1 where not, 2 on wrong use."""
    try:
        request = read_request(options, settings, datetime.now(UTC))
        return asyncio.run(_run(request, options, settings))
    except Misuse as error:
        print(error, file=sys.stderr)
        return 2
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1


def read_request(options: argparse.Namespace, settings: Settings, now: datetime) -> Request:
    """Check everything before anything is stored; raises ``Misuse``."""
    if options.number is not None or options.csv is not None:
        raise Misuse("A number and --csv belong to: insop announce report NUMBER")
    if options.yes and options.dry_run:
        raise Misuse("--yes and --dry-run exclude each other.")
    original = options.lang or settings.language
    texts = {original: _read(Path(options.file))}
    for also in options.also:
        language, equals, file = also.partition("=")
        if not equals or language not in LANGUAGES:
            raise Misuse(f"--also {also}: write LANG=FILE, LANG one of {', '.join(LANGUAGES)}.")
        if language in texts:
            raise Misuse(f"--also {also}: there is a text in this language already.")
        texts[language] = _read(Path(file))
    due = _time("--at", options.at, settings.zone, now) if options.at else None
    if due is not None and due <= now:
        raise Misuse(f"--at {options.at}: this time has passed.")
    expires = _time("--expires", options.expires, settings.zone, due or now)
    if expires <= (due or now):
        raise Misuse(f"--expires {options.expires}: it would be dropped before it leaves.")
    return Request(
        wording=Wording(original=original, texts=texts),
        audience=_audience(options.audience, options.topic),
        topic=options.topic,
        due_at=due,
        expires_at=expires,
    )


async def _run(request: Request, options: argparse.Namespace, settings: Settings) -> int:
    messages = compose(request.wording, translator)
    async with await prepare_database(settings) as database:
        async with database.begin() as store:
            found = await store.announcement_drafts.recipients(request.audience)
            original = request.wording.texts[request.wording.original]
            before = await store.announcement_drafts.sent_before(original)
        _describe(request, messages, found, settings)
        if before is not None:
            number, at = before
            print(
                f"The same text was sent before, as announcement {number} of "
                f"{shown_time(at, settings.zone)}.",
                file=sys.stderr,
            )
        if options.dry_run:
            print("Nothing was sent (--dry-run).")
            return 0
        if not found.total():
            print("Nobody is in this audience; nothing was sent.", file=sys.stderr)
            return 1
        if before is not None and not options.again:
            print("Nothing was sent. To send it again, add --again.", file=sys.stderr)
            return 1
        if not options.yes and not _agrees(found.total()):
            return 1
        number = await _start(database, request, messages, found.total())
        print(f"Announcement {number} is on its way through insop run.")
        print(f"What becomes of it: insop announce report {number}")
        if sys.stdout.isatty() and request.due_at is None:
            await watch(database, number, found.total())
    return 0


async def _start(
    database: Database, request: Request, messages: dict[str, Message], recipients: int
) -> int:
    async with database.begin() as store:
        now = datetime.now(UTC)
        number = await store.announcements.create(
            request.audience,
            messages,
            now=now,
            due_at=request.due_at,
            expires_at=request.expires_at,
            topic=request.topic,
            state="running",
        )
        await store.audit.add(
            "announcement.started",
            actor_id=None,
            via="cli",
            now=now,
            detail=f"{number} {recipients} recipients",
        )
    return number


def _describe(
    request: Request,
    messages: dict[str, Message],
    found: Counter[tuple[str, str]],
    settings: Settings,
) -> None:
    console = Console(highlight=False)
    for language in request.wording.texts:
        print(f"[{language}]")
        show(console, messages[language], "INSOP assistant")
    print(f"Recipients: {recipients_text(found)}")
    missing = {lang for _, lang in found if lang and lang not in request.wording.texts}
    if missing:
        original = request.wording.original
        print(f"No version in {', '.join(sorted(missing))}: they get {original}, with a note.")
        show(console, messages[min(missing & set(messages), default=FALLBACK)], "INSOP assistant")
    leaves = shown_time(request.due_at, settings.zone) if request.due_at else "at once"
    print(f"Leaves: {leaves}; dropped after {shown_time(request.expires_at, settings.zone)}")


def _audience(text: str, topic: str) -> Audience:
    try:
        return read_audience(text, topic)
    except AudienceFault as fault:
        raise Misuse(str(fault)) from fault


def _agrees(total: int) -> bool:
    if not sys.stdin.isatty():
        print("Nothing was sent. Add --yes to send, or --dry-run to look.", file=sys.stderr)
        return False
    if input(f"Send to {total} recipients? Type yes: ").strip().casefold() == "yes":
        return True
    print("Nothing was sent.")
    return False


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot be read ({type(error).__name__}).") from error
    if not text:
        raise Misuse(f"{path}: is empty.")
    if len(text) > LIMIT:
        raise Misuse(f"{path}: has {len(text)} characters; at most {LIMIT} fit one message.")
    return text


def _time(option: str, text: str, zone: str, start: datetime) -> datetime:
    found = parse_time(text, zone, start)
    if found is None:
        raise Misuse(f'{option} {text}: write it like "2026-05-01 09:00", or +3h.')
    return found
