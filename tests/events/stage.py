"""People around events: an organiser, members, and short ways to what they do."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from bot.chat.messages import Message
from bot.chat.wire import message_from_json
from bot.store import Database
from bot.store.schema import delivery
from bot.store.schema_members import membership
from tests.stage import Persona, Stage


async def write_event(
    author: Persona,
    *,
    title: str = "Mapping webinar",
    text: str = "How to **map** polluted soil.",
    start: str = "2026-12-10 14:00",
    end: str = "15:30",
    place: str = "https://meet.example/abc",
) -> int:
    """Go through the form up to the draft; returns the event's number."""
    await author.says("/event new")
    for answer in (title, text, start, end, place):
        if answer:
            await author.says(answer)
        else:
            await author.presses("Skip")
    return int(author.button("Publish").action.args[1])


async def publish(author: Persona, **values: str) -> int:
    """Write an event and publish it."""
    number = await write_event(author, **values)
    await author.presses("Publish…")
    await author.presses("Yes, publish it")
    return number


async def open_first(reader: Persona) -> None:
    """The first event of the list."""
    await reader.says("/events")
    show = next(button for button in reader.buttons if button.action.args[:1] == ("show",))
    await reader.presses_action(show.action)


async def join(stage: Stage, persona: Persona, country: str = "KE") -> None:
    """Make somebody a member from a country."""
    await persona.says("/start")
    now = stage.clock.now()
    async with stage.database.begin() as store:
        member = await store.people.recognise(persona.author, now)
        await store.connection.execute(
            insert(membership).values(
                person_id=member.id,
                state="member",
                name=persona.author.name,
                country=country,
                source="chat",
                search=persona.author.name.casefold(),
                joined_at=now,
                updated_at=now,
            )
        )


async def outbox(database: Database) -> list[tuple[Any, Message]]:
    """What waits to be sent: the rows and their messages, oldest first."""
    async with database.connect() as connection:
        rows = list(await connection.execute(select(delivery).order_by(delivery.c.id)))
    return [(row, message_from_json(row.payload)) for row in rows]
