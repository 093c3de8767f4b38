"""Contacts may say no to questions by mail: with one click, honoured before anything leaves."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from sqlalchemy import select

from bot.adapters.email.composing import body
from bot.adapters.email.office import Thread
from bot.adapters.email.smtp import compose as compose_letter
from bot.app import App
from bot.chat.errors import Undeliverable
from bot.chat.events import Author, ConversationRef
from bot.chat.messages import Message
from bot.chat.troubles import Troubles
from bot.chat.wire import message_from_json
from bot.commands.letter_links import letter_links
from bot.commands.mail_office import MailOffice
from bot.config import Settings
from bot.config_operations import WebSettings
from bot.config_sections import TelegramSettings
from bot.mail import Letter
from bot.store import Database
from bot.store.schema import delivery
from bot.translating import translator
from knowledge.library import Library
from knowledge.model import Collection, Contact
from knowledge.search.fuzzy import FuzzySearch
from tests.clock import ManualClock
from tests.email.conftest import Desk
from tests.email.letters import CONTACT
from tests.stage import Stage

URL = f"https://insop.example.org/l/stop/{'t' * 90}?l=fr"
WHERE = ConversationRef(platform="email", chat_id=CONTACT, thread_id="12", is_private=False)
AMINA = Contact(id="amina", name="Amina", email=CONTACT, languages=("fr",))


def _raw(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=SMTP)


async def test_a_question_carries_the_way_out(desk: Desk) -> None:
    desk.office.around = Thread(title="Lead", stop=URL, stop_hint="No more questions by mail:")
    await desk.adapter.send(WHERE, Message(text="How deep?"))
    (mail,) = desk.smtp.mails
    assert f"List-Unsubscribe: <{URL}>\r\n".encode() in desk.smtp.raw[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"No more questions by mail: {URL}" in mail.get_content().replace("=\n", "")


async def test_without_a_web_address_there_is_none(desk: Desk) -> None:
    await desk.adapter.send(WHERE, Message(text="How deep?"))
    (mail,) = desk.smtp.mails
    assert mail["List-Unsubscribe"] is None
    assert "No more" not in body(Message(text="How deep?"), Thread())


def test_the_address_is_written_as_it_is_however_long() -> None:
    """RFC 8058 wants it whole; a library that encodes long words would break it."""
    letter = Letter(to="a@example.org", subject="s", text="t", language="en", stop=URL)
    raw = _raw(compose_letter(letter, "INSOP <desk@example.org>"))
    assert f"<{URL}>".encode() in raw
    assert message_from_bytes(raw, policy=default)["List-Unsubscribe"] == f"<{URL}>"


async def test_nothing_leaves_for_who_said_no_and_another_gets_the_question(desk: Desk) -> None:
    desk.office.around = replace(desk.office.around, is_refused=True)
    with pytest.raises(Undeliverable):
        await desk.adapter.send(WHERE, Message(text="How deep?"))
    assert desk.smtp.mails == []
    (returned,) = desk.office.returns
    assert (returned.number, returned.is_final) == (12, True)


@pytest.fixture
def app(database: Database, clock: ManualClock) -> App:
    collection = Collection(articles={}, sources={}, contacts=(AMINA,), digest="x")
    settings = Settings(
        web=WebSettings(public_url="https://insop.example.org"),
        telegram=TelegramSettings(desk_chat=-100),
    )
    return Stage(database, clock, Library(collection, FuzzySearch.build), settings).app


async def test_a_press_is_kept_told_to_the_desk_and_seen_around_the_next_mail(
    app: App, clock: ManualClock
) -> None:
    made = await letter_links(app)
    assert made is not None
    office = MailOffice(
        database=app.database,
        clock=app.clock,
        desks=[],
        library=app.library,
        troubles=Troubles(),
        language="en",
        mailbox="x",
        links=made,
    )
    async with app.database.begin() as store:
        now = app.clock.now()
        where = ConversationRef(platform="telegram", chat_id="7")
        person = await store.people.recognise(Author(platform="telegram", id="7", name="Ana"), now)
        number = await store.questions.open(
            person_id=person.id, where=where, text="Is it safe?", language="en", now=now
        )
    place = replace(WHERE, thread_id=str(number))
    around = await office.thread(place, "")
    assert around.stop is not None
    assert around.stop.endswith("?l=fr")
    assert not around.is_refused
    token = around.stop.rpartition("/")[2].partition("?")[0]
    page = made.links._pages["stop"]
    for _ in range(2):
        await page.act(made.links.subject("stop", token), translator("fr"))
    assert (await office.thread(place, "")).is_refused
    async with app.database.connect() as connection:
        rows = await connection.scalars(select(delivery.c.payload))
        (told,) = [message_from_json(row).text for row in rows]
    assert told.startswith("Amina wants no more questions by mail")
    # A yes and another no, all in the same second.
    for purpose, seconds in (("resume", 0.2), ("stop", 0.2)):
        clock.advance(seconds)
        await made.links._pages[purpose].act(made.links.subject("stop", token), translator("fr"))
    async with app.database.connect() as connection:
        rows = await connection.scalars(select(delivery.c.payload).order_by(delivery.c.id))
        words = [message_from_json(row).text for row in rows]
    assert ["takes questions by mail again" in each for each in words] == [False, True, False]
