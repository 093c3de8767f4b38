"""Members of the network, and whom an audience reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.store import Database
from bot.store.audience import Audience
from bot.store.memberships import Membership
from bot.store.schema import chat
from tests.stage import Persona, Stage


async def add_member(stage: Stage, name: str, *, locale: str = "en", **values: Any) -> Persona:
    """Somebody who has said /start and joined; ``values`` are fields of the membership."""
    persona = stage.persona(name, locale=locale)
    await persona.says("/start")
    await make_member(stage, persona, **values)
    return persona


async def make_member(stage: Stage, persona: Persona, **values: Any) -> int:
    """Let somebody join; returns the person's number."""
    async with stage.database.begin() as store:
        now = stage.clock.now()
        person = (await store.people.recognise(persona.author, now)).id
        name = persona.author.name
        member = Membership(
            person_id=person, state="member", name=name, joined_at=now, consented_at=now
        )
        await store.memberships.save(replace(member, **values), now)
    return person


async def reached(database: Database, **audience: Any) -> set[str]:
    """The chats that an announcement would go to now; those of personas by their names."""
    async with database.connect() as connection:
        found = await connection.scalars(
            select(chat.c.chat_id).where(*Audience(**audience).conditions())
        )
        return {chat_id.removeprefix("telegram-") for chat_id in found}
