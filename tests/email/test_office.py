"""What the adapter keeps and tells, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.adapters.email.judging import Refused
from bot.adapters.email.office import OfficeClosed, Place, Position
from bot.adapters.email.reading import MailFile
from bot.chat.events import Author, ConversationRef
from bot.chat.troubles import Troubles
from bot.chat.wire import message_from_json
from bot.commands.mail_office import MailOffice
from bot.store import Database
from bot.store.schema import delivery
from knowledge.library import Library
from knowledge.model import Collection, Contact
from knowledge.search.fuzzy import FuzzySearch
from tests.clock import ManualClock
from tests.delivery.world import SeverableDatabase

DESK = ConversationRef(platform="telegram", chat_id="-100", is_private=False)
MAILBOX = ConversationRef(
    platform="email", chat_id="Amina@example.org", thread_id="1", is_private=False
)
CONTACTS = (Contact(id="amina", name="Amina", email="Amina@example.org", languages=("fr",)),)


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


def _office(database: Database, clock: ManualClock, troubles: Troubles) -> MailOffice:
    collection = Collection(articles={}, sources={}, contacts=CONTACTS, digest="x")
    return MailOffice(
        database=database,
        clock=clock,
        desks=[DESK],
        library=Library(collection, FuzzySearch.build),
        troubles=troubles,
        language="en",
        mailbox="desk@mail.example.org/INBOX",
    )


@pytest.fixture
async def office(database: Database, clock: ManualClock, troubles: Troubles) -> MailOffice:
    """With question 1 of Ana, which Amina has by mail."""
    async with database.begin() as store:
        now = clock.now()
        ana = Author(platform="telegram", id="7", name="Ana")
        person = await store.people.recognise(ana, now)
        where = ConversationRef(platform="telegram", chat_id="7")
        text = "My well at 14.71234, -17.46789 smells"
        await store.questions.open(
            person_id=person.id, where=where, text=text, language="en", now=now
        )
        await store.desk_threads.put(1, MAILBOX, state="open", title="#1", now=now)
        for kind, words in (("asker", "first words"), ("contact", "second words")):
            await store.question_messages.add(1, kind=kind, text=words, author="Amina", now=now)
    return _office(database, clock, troubles)


async def _told(database: Database) -> list[str]:
    async with database.connect() as connection:
        rows = await connection.scalars(select(delivery.c.payload).order_by(delivery.c.id))
        return [message_from_json(row).text for row in rows]


async def test_a_place_is_found_whatever_the_case(office: MailOffice) -> None:
    assert await office.place(1, "amina@example.org") == Place(where=MAILBOX, language="fr")
    assert await office.place(1, "eve@example.com") is None
    assert await office.place(2, "amina@example.org") is None


async def test_around_a_mail_stands_what_it_does_not_say(office: MailOffice) -> None:
    around = await office.thread(MAILBOX, "second words")
    assert around.title.startswith("My well at 14.7, -17.4 smells")
    assert "first words" in around.transcript
    assert "second words" not in around.transcript
    assert around.hint


async def test_refusals_are_told_once_with_the_reason(
    office: MailOffice, database: Database
) -> None:
    for _ in range(2):
        await office.refused("d" * 32, "eve@x.org", Refused(reason="wrong token", number=1))
    await office.refused("e" * 32, "", Refused(reason="unreadable"))
    first, second = await _told(database)
    assert "question 1" in first
    assert "eve@x.org" in first
    assert "does not fit its sender" in first
    assert "too large" in second


async def test_a_mail_without_a_mark_is_told_once_and_without_its_words(
    office: MailOffice, database: Database
) -> None:
    for _ in range(2):
        await office.refused("d" * 32, "ana@x.org", Refused(reason="no token"))
    await office.refused("e" * 32, "b@x.org", Refused(reason="too many unmarked"))
    first, second = await _told(database)
    assert "carries no mark" in first
    assert "lies unread" in first
    assert "b@x.org" not in second


async def test_keys_are_the_same_in_every_process(
    office: MailOffice, database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    token = (await office.tokens()).make(1, "a@b.org", now)
    other = _office(database, clock, Troubles())
    assert (await other.tokens()).check(token, "a@b.org", now) == "right"


async def test_files_of_a_question_that_is_not_there_are_not_kept(office: MailOffice) -> None:
    file = MailFile(name="a.png", media_type="image/png", data=b"x")
    (kept,) = await office.keep_files(1, "d" * 32, [file])
    assert (kept.kind, kept.size) == ("photo", 1)
    assert await office.file(kept.handle) == b"x"
    assert await office.keep_files(99, "e" * 32, [file]) == ()
    assert await office.file("nothing") is None


async def test_trouble_is_passed_on(office: MailOffice, troubles: Troubles) -> None:
    await office.trouble("refused")
    assert list(troubles.current) == ["mailbox:in"]
    await office.trouble(None)
    assert not troubles.current


async def test_a_lost_database_closes_the_office(
    database: Database, clock: ManualClock, troubles: Troubles
) -> None:
    severable = SeverableDatabase(database.url.render_as_string(hide_password=False))
    async with severable:
        office = _office(severable, clock, troubles)
        await office.advance(Position(validity=1, uid=2))
        assert await office.position() == Position(validity=1, uid=2)
        severable.is_severed = True
        with pytest.raises(OfficeClosed):
            await office.position()
