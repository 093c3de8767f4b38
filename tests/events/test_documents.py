"""Documents that organisers send: kept in the database, given by button to those who come."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.errors import Undeliverable
from bot.chat.events import ConversationRef, IncomingFile, MessageReceived
from bot.chat.messages import Message
from bot.fetching import FileFetcher
from bot.store import Database
from bot.store.schema_documents import event_document
from handlers.event_documents import MOST
from tests.clock import ManualClock
from tests.databases import on_both
from tests.events.stage import open_first, publish
from tests.stage import Persona, Stage

PDF = b"%PDF-1.7 agenda"


class Platform:
    """Holds files by their handles."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"d1": PDF}

    async def download(self, where: ConversationRef, handle: str) -> bytes:
        if handle not in self.files:
            raise Undeliverable("gone")
        return self.files[handle]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def fetcher(database: Database, clock: ManualClock, platform: Platform) -> FileFetcher:
    return FileFetcher(
        database=database, clock=clock, platform="telegram", download=platform.download
    )


async def attach(author: Persona, number: int, *, text: str = "", **changes: Any) -> None:
    """Send a document for an event."""
    await author.presses_action(Action("organise", "document", str(number)))
    values: dict[str, Any] = {
        "kind": "document",
        "handle": "d1",
        "name": "agenda.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        **changes,
    }
    await author.does(
        MessageReceived(
            message_id="1", text=text, files=(IncomingFile(**values),), **author.common()
        )
    )


def file_of(reader: Persona) -> bytes:
    (reply,) = reader.last
    assert isinstance(reply, Message)
    (file,) = reply.attachments
    return file.data


@on_both
async def test_it_is_for_those_who_come(
    stage: Stage, sara: Persona, ana: Persona, fetcher: FileFetcher
) -> None:
    number = await publish(sara)
    await attach(sara, number, text="Agenda *draft*")
    sara.sees("it stands with the event now")
    await open_first(ana)
    ana.sees("documents for those who come")
    assert not any("Agenda" in each.label for each in ana.buttons)
    await ana.presses("Going")
    await ana.presses("📎 Agenda *draft*")
    ana.sees("“agenda.pdf” is still on its way")
    stage.restart()
    assert await fetcher.fetch_all() == 1
    await open_first(ana)
    button = ana.button("📎 Agenda").action
    await ana.presses_action(button)
    assert file_of(ana) == PDF
    await open_first(ana)
    await ana.presses("Not going")
    await ana.presses_action(button)
    ana.sees("for those who come")
    group = stage.persona("Gus", chat_id="-100")
    await open_first(group)
    assert not any("📎" in each.label for each in group.buttons)
    await group.presses_action(button)
    group.sees("for those who come")


async def test_a_document_of_another_event_and_nonsense_are_refused(
    sara: Persona, fetcher: FileFetcher
) -> None:
    number = await publish(sara)
    await publish(sara, title="Other", start="2026-12-11 14:00")
    await attach(sara, number)
    await fetcher.fetch_all()
    await sara.presses_action(Action("event", "file", "1", "1"))
    assert file_of(sara) == PDF
    for args in (("2", "1"), ("1", "9"), ("1", "x"), ("1",), ("1", "9" * 19)):
        await sara.presses_action(Action("event", "file", *args))
        sara.sees("no longer there")


async def test_what_cannot_be_had_is_said_and_taken_off_by_its_organiser(
    sara: Persona, fetcher: FileFetcher, database: Database
) -> None:
    number = await publish(sara)
    await attach(sara, number, handle="gone")
    assert await fetcher.fetch_all() == 1
    await open_first(sara)
    await sara.presses("📎 agenda.pdf")
    sara.sees("could not be had")
    await open_first(sara)
    assert not any("📎" in each.label for each in sara.buttons)
    async with database.connect() as connection:
        assert list(await connection.execute(select(event_document))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "setup.exe"}, "is a program"),
        ({"kind": "voice"}, "pictures and documents only"),
        ({"size": 30 * 1024 * 1024}, "I can fetch at most 20 MB"),
    ],
)
async def test_what_is_not_taken(sara: Persona, changes: dict[str, Any], words: str) -> None:
    number = await publish(sara)
    await attach(sara, number, **changes)
    sara.sees(words)


async def test_there_is_an_end(sara: Persona) -> None:
    number = await publish(sara)
    for _ in range(MOST):
        await attach(sara, number)
        sara.sees("it stands with the event now")
    await attach(sara, number)
    sara.sees(f"at most {MOST} documents")


async def test_only_organisers_send_them(stage: Stage, sara: Persona, ana: Persona) -> None:
    number = await publish(sara)
    await ana.presses_action(Action("organise", "document", str(number)))
    ana.sees_not("Send or forward it")
