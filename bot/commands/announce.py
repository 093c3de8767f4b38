"""``insop announce FILE.md``: the secretariat's announcement from the command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.app import prepare_database
from bot.chat.messages import Attachment, Message
from bot.clock import SystemClock
from bot.commands.announce_audience import read_audience
from bot.commands.announce_change import is_reviewed, propose
from bot.commands.announce_look import check_sizes, print_looks, read_files
from bot.commands.announce_texts import Misuse, agrees, read_text
from bot.commands.announce_watch import watch
from bot.config import Settings
from bot.store import Database
from bot.store.announcements import FALLBACK, Timing
from bot.store.audience import Audience
from bot.store.database import DatabaseError
from bot.translating import translator
from handlers.announce_audience import recipients_text
from handlers.announce_texts import (
    Wording,
    compose,
    is_past_everywhere,
    parse_time,
    parse_wall_time,
    shown_time,
)
from handlers.announce_times import know_zones
from knowledge.model import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An announcement as the options describe it. Times are aware."""

    wording: Wording
    audience: Audience
    topic: str
    due_at: datetime | None
    expires_at: datetime
    timing: Timing
    files: tuple[Attachment, ...]

    def texts(self) -> dict[str, Message]:
        """The message in each language, with the files."""
        texts = compose(self.wording, translator)
        return {code: replace(text, attachments=self.files) for code, text in texts.items()}


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
    if options.at and options.hour:
        raise Misuse("--at and --hour exclude each other.")
    due = _time("--at", options.at, settings.zone, now) if options.at else None
    if due is not None and due <= now:
        raise Misuse(f"--at {options.at}: this time has passed.")
    expires = _time("--expires", options.expires, settings.zone, due or now)
    if expires <= (due or now):
        raise Misuse(f"--expires {options.expires}: it would be dropped before it leaves.")
    return Request(
        wording=_wording(options, settings),
        audience=read_audience(options.audience, options.topic),
        topic=options.topic,
        due_at=due,
        expires_at=expires,
        timing=_timing(options, settings, now),
        files=read_files(options.attach),
    )


def _wording(options: argparse.Namespace, settings: Settings) -> Wording:
    original = options.lang or settings.language
    texts = {original: read_text(options.file)}
    for also in options.also:
        language, equals, file = also.partition("=")
        if not equals or language not in LANGUAGES:
            raise Misuse(f"--also {also}: write LANG=FILE, LANG one of {', '.join(LANGUAGES)}.")
        if language in texts:
            raise Misuse(f"--also {also}: there is a text in this language already.")
        texts[language] = read_text(file)
    return Wording(original=original, texts=texts)


def _timing(options: argparse.Namespace, settings: Settings, now: datetime) -> Timing:
    quiet = None if options.any_hour else settings.announcements.quiet_hours or None
    timing = Timing(zone=settings.zone, quiet=quiet)
    if not options.hour:
        return timing
    wall = parse_wall_time(options.hour)
    if wall is None:
        raise Misuse(f'--hour {options.hour}: write it like "2026-05-01 09:00".')
    if is_past_everywhere(wall, now):
        raise Misuse(f"--hour {options.hour}: this time has passed.")
    return replace(timing, wall_time=wall.isoformat(timespec="minutes"))


async def _run(request: Request, options: argparse.Namespace, settings: Settings) -> int:
    async with await prepare_database(settings) as database:
        async with database.begin() as store:
            found = await store.announcement_drafts.recipients(request.audience)
            original = request.wording.texts[request.wording.original]
            before = await store.announcement_drafts.sent_before(original)
        check_sizes(request.files, {platform for platform, _language in found})
        _describe(request, found, settings)
        if before is not None:
            number, at = before
            print(
                f"The same text was sent before, as announcement {number} of "
                f"{shown_time(at, settings.zone)}.",
                file=sys.stderr,
            )
        if not options.dry_run and not found.total():
            print("Nobody is in this audience; nothing was sent.", file=sys.stderr)
            return 1
        if not options.dry_run and before is not None and not options.again:
            print("Nothing was sent. To send it again, add --again.", file=sys.stderr)
            return 1
        question = f"Send to {found.total()} recipients?"
        if not agrees(question, is_yes=options.yes, is_dry=options.dry_run):
            return 0 if options.dry_run else 1
        number, is_proposed = await _start(database, request, found.total(), settings)
        if is_proposed:
            print(f"Announcement {number} waits for a second person's yes.")
            return 0
        print(f"Announcement {number} is on its way through insop run.")
        print(f"What becomes of it: insop announce report {number}")
        if sys.stdout.isatty() and request.due_at is None:
            await watch(database, number, found.total(), SystemClock())
    return 0


async def _start(
    database: Database, request: Request, recipients: int, settings: Settings
) -> tuple[int, bool]:
    """Its number, and whether it waits for somebody's yes."""
    now = datetime.now(UTC)
    async with database.begin() as store:
        is_proposed = await is_reviewed(store, settings)
        number = await store.announcements.create(
            request.audience,
            compose(request.wording, translator),
            now=now,
            due_at=request.due_at,
            expires_at=request.expires_at,
            topic=request.topic,
            state="draft" if is_proposed else "running",
            timing=request.timing,
        )
        for file in request.files:
            await store.announcement_files.put(number, file)
        if is_proposed:
            await propose(store, number, number, recipients, settings, now)
            return number, True
        if request.timing.is_local:
            await know_zones(store, now)
        await store.announcement_watches.begin(number, recipients, now)
        await store.audit.add(
            "announcement.started",
            actor_id=None,
            via="cli",
            now=now,
            detail=f"{number} {recipients} recipients",
        )
    return number, False


def _describe(request: Request, found: Counter[tuple[str, str]], settings: Settings) -> None:
    texts = request.texts()
    platforms = {platform for platform, _language in found}
    print_looks(texts, platforms, list(request.wording.texts))
    print(f"Recipients: {recipients_text(found)}")
    missing = {lang for _, lang in found if lang and lang not in request.wording.texts}
    if missing:
        original = request.wording.original
        print(f"No version in {', '.join(sorted(missing))}: they get {original}, with a note.")
        print_looks(texts, platforms, [min(missing & set(texts), default=FALLBACK)])
    leaves = shown_time(request.due_at, settings.zone) if request.due_at else "at once"
    if request.timing.wall_time is not None:
        leaves = f"{request.timing.wall_time.replace('T', ' ')} on each reader's clock"
    print(f"Leaves: {leaves}; dropped after {shown_time(request.expires_at, settings.zone)}")
    if request.timing.quiet is not None:
        print(f"Quiet: nobody gets it between {request.timing.quiet} of their own clock.")


def _time(option: str, text: str, zone: str, start: datetime) -> datetime:
    found = parse_time(text, zone, start)
    if found is None:
        raise Misuse(f'{option} {text}: write it like "2026-05-01 09:00", or +3h.')
    return found
