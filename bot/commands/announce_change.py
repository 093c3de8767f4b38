"""``insop announce correct|recall|pause|resume|cancel NUMBER``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from typing import Final

from bot.app import desks_of, prepare_database, roles_of
from bot.commands.announce_texts import Misuse, agrees, read_text
from bot.config import Settings
from bot.store import Database, Store
from bot.store.announcements import Announcement, AnnouncementState
from bot.store.database import DatabaseError
from bot.translating import translator
from handlers.announce_review import ask_staff
from handlers.announce_revise import REVISABLE
from handlers.announce_texts import compose, recall_notes, wording_of

_STATES: Final[dict[str, tuple[AnnouncementState, tuple[AnnouncementState, ...]]]] = {
    "pause": ("paused", ("running",)),
    "resume": ("running", ("paused",)),
    "cancel": ("cancelled", ("running", "paused")),
}


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Change it; 0 where that is done, 1 where not, 2 on wrong use."""
    if options.number is None:
        print(f"Name the announcement: insop announce {options.file} NUMBER", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_run(options, settings))
    except Misuse as error:
        print(error, file=sys.stderr)
        return 2
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    number = options.number
    async with await prepare_database(settings) as database:
        async with database.begin() as store:
            told = await store.announcements.get(number)
        if told is None or told.state in ("draft", "proposed"):
            print(f"There is no announcement {number} that was sent.", file=sys.stderr)
            return 1
        match options.file:
            case "correct":
                return await _correct(database, told, options, settings)
            case "recall":
                return await _recall(database, told, options)
        async with database.begin() as store:
            now = datetime.now(UTC)
            state, before = _STATES[options.file]
            if not await store.announcements.set_state(number, state, now, only_from=before):
                print(f"Announcement {number} is {told.state}; nothing changed.", file=sys.stderr)
                return 1
            await _note(store, number, state)
        print(f"Announcement {number} is {state} now.")
        return 0


async def _correct(
    database: Database, told: Announcement, options: argparse.Namespace, settings: Settings
) -> int:
    if options.text is None:
        raise Misuse("Name the file with the corrected text: insop announce correct NUMBER FILE")
    async with database.begin() as store:
        wording = wording_of(await store.announcements.texts(told.id))
        sent = await _check(store, told)
    language = options.lang or wording.original
    if language not in wording.texts:
        raise Misuse(f"--lang {language}: there is no version in this language to correct.")
    changed = wording.with_text(language, read_text(options.text))
    if changed == wording:
        print("That is the text that was sent; nothing to correct.", file=sys.stderr)
        return 1
    print(f"{sent} copies have arrived and are edited; what has not left goes out corrected.")
    if not agrees(f"Correct announcement {told.id}?", is_yes=options.yes, is_dry=options.dry_run):
        return 0 if options.dry_run else 1
    texts = compose(changed, translator)
    now = datetime.now(UTC)
    async with database.begin() as store:
        if await is_reviewed(store, settings):
            draft = await store.announcement_reviews.keep_correction(told, texts, None, now)
            await propose(store, draft, told.id, sent, settings, now)
            print("It waits for a second person's yes.")
            return 0
        begun = await store.announcement_revisions.correct(told.id, texts, now)
        await _note(store, told.id, "corrected")
    print(f"The correction is on its way; what becomes of it: insop announce report {begun}")
    return 0


async def _recall(database: Database, told: Announcement, options: argparse.Namespace) -> int:
    async with database.begin() as store:
        sent = await _check(store, told)
        original = wording_of(await store.announcements.texts(told.id)).original
    print(
        f"{sent} copies have arrived and are taken away. On Telegram those older than two days "
        "cannot be; they then say that it was recalled."
    )
    if not agrees(f"Recall announcement {told.id}?", is_yes=options.yes, is_dry=options.dry_run):
        return 0 if options.dry_run else 1
    async with database.begin() as store:
        notes = recall_notes(original, translator)
        begun = await store.announcement_revisions.recall(told.id, notes, datetime.now(UTC))
        await _note(store, told.id, "recalled")
    print(f"The recall is on its way; what becomes of it: insop announce report {begun}")
    return 0


async def _check(store: Store, told: Announcement) -> int:
    """How many copies have arrived; raises ``Misuse`` where nothing can be changed any more."""
    kinds = [kind for _number, kind, _state in await store.announcement_revisions.of(told.id)]
    if "delete" in kinds or told.revises is not None or told.state not in REVISABLE:
        raise Misuse(f"Announcement {told.id} was recalled, or is a correction itself.")
    counts = await store.announcements.counts(told.id)
    return sum(count for (_platform, state), count in counts.items() if state == "sent")


async def is_reviewed(store: Store, settings: Settings) -> bool:
    """Whether a second person has to say yes."""
    switch = settings.announcements.approval
    if switch != "auto":
        return switch == "on"
    return len(await store.staff.secretaries(roles_of(settings))) > 1


async def propose(
    store: Store, draft: int, number: int, recipients: int, settings: Settings, now: datetime
) -> None:
    """Ask the whole secretariat: the command line has no name."""
    _ = translator(settings.language)
    await store.announcement_reviews.propose(draft, None, now)
    told = await store.announcements.get(draft)
    assert told is not None
    staff = await store.staff.secretaries(roles_of(settings))
    chats = list(dict.fromkeys((*(each.chat for each in staff), *desks_of(settings))))
    name = _("The command line")
    await ask_staff(store, told, _, number, name, recipients, chats, now, "cli")
    await _note(store, number, "proposed")


async def _note(store: Store, number: int, what: str) -> None:
    await store.audit.add(
        f"announcement.{what}",
        actor_id=None,
        via="cli",
        now=datetime.now(UTC),
        detail=str(number),
    )
