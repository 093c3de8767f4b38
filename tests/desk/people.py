"""A stage with desks, and what the tests of the desk say again and again."""

from __future__ import annotations

import itertools
from dataclasses import replace

from sqlalchemy import select, update

from bot.chat.events import ConversationRef, IncomingFile, MessageReceived
from bot.chat.markup import plain
from bot.chat.messages import Message
from bot.chat.turn import Role
from bot.chat.wire import message_from_json
from bot.commands.desk_tasks import due_of, relay_of
from bot.config import DiscordSettings, LimitSettings, Settings, TelegramSettings
from bot.store.schema import delivery
from knowledge.library import Library
from knowledge.model import Contact
from knowledge.search.fuzzy import FuzzySearch
from tests.knowledge_sample import sample_collection
from tests.stage import Persona, Stage

DESK = -100500
CHANNEL = 77

NAT = Contact(
    id="nat",
    name="Natalia",
    email="nat@example.org",
    accounts=("telegram:telegram-Nat",),
    deputies=("ser",),
)
SER = Contact(id="ser", name="Sergei", email="ser@example.org", accounts=("discord:discord-Ser",))

_numbers = itertools.count(1000)


def desk_library() -> Library:
    """The sample with two contacts."""
    collection = replace(sample_collection(), contacts=(NAT, SER))
    return Library(collection, FuzzySearch.build)


def settings() -> Settings:
    """A forum group and a Discord channel as desks."""
    return Settings(
        limits=LimitSettings(messages_per_minute=100_000, burst=10_000),
        telegram=TelegramSettings(desk_chat=DESK),
        discord=DiscordSettings(desk_channel=CHANNEL),
    )


class Desks:
    """Stands where the senders and the platforms stand: opens threads, delivers the outbox."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.opened: list[ConversationRef] = []
        self.titles: dict[str, tuple[str, bool]] = {}
        self.refuses: dict[str, str] = {}
        """What to note of messages to a chat: an error instead of "sent"."""

    async def open_thread(self, desk: ConversationRef, title: str) -> ConversationRef | None:
        number = str(next(_numbers))
        is_topic = desk.platform == "telegram"
        made = replace(desk, thread_id=number) if is_topic else replace(desk, chat_id=number)
        self.opened.append(made)
        return made

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        self.titles[thread.thread_id or thread.chat_id] = (title, is_closed)

    async def work(self) -> list[tuple[ConversationRef, str, Message]]:
        """Threads, sends and what is due, until nothing is left; returns what went out."""
        from bot.delivery.threading import Threads

        app = self.stage.app
        out: list[tuple[ConversationRef, str, Message]] = []
        for _ in range(4):
            for platform in ("telegram", "discord"):
                threads = Threads(
                    database=app.database,
                    clock=app.clock,
                    platform=platform,
                    keeper=self,
                    relay=relay_of(app),
                )
                await threads.step()
            out += await self.deliver()
            await due_of(app).process()
        return out

    async def deliver(self) -> list[tuple[ConversationRef, str, Message]]:
        """Send what waits, in order."""
        out = []
        async with self.stage.database.connect() as connection:
            rows = (
                await connection.execute(
                    select(delivery).where(delivery.c.state == "ready").order_by(delivery.c.id)
                )
            ).all()
            for row in rows:
                error = self.refuses.get(row.chat_id)
                ref = row.message_id or str(next(_numbers))
                await connection.execute(
                    update(delivery)
                    .where(delivery.c.id == row.id)
                    .values(state="failed" if error else "sent", error=error, message_id=ref)
                )
                to = ConversationRef(
                    platform=row.platform,
                    chat_id=row.chat_id,
                    thread_id=row.thread_id,
                    is_private=row.is_private,
                )
                message = message_from_json(row.payload) if row.payload else Message(text="")
                if not error:
                    out.append((to, row.kind, message))
        return out

    async def ref_of(self, words: str, chat_id: str) -> str:
        """The number under which a chat has the last message with these words."""
        async with self.stage.database.connect() as connection:
            rows = (
                await connection.execute(
                    select(delivery.c.message_id, delivery.c.payload)
                    .where(delivery.c.chat_id == chat_id)
                    .order_by(delivery.c.id.desc())
                )
            ).all()
        for row in rows:
            if row.payload and words in plain(message_from_json(row.payload).text):
                return str(row.message_id)
        raise AssertionError(f"nothing with {words!r} in {chat_id}")

    def contact(self, name: str = "Nat", role: Role = Role.ANYONE) -> Persona:
        """A contact at the desk of their platform, in its first thread."""
        platform = "telegram" if name == "Nat" else "discord"
        persona = self.stage.persona(name, platform=platform, role=role)
        persona.where = next(each for each in self.opened if each.platform == platform)
        return persona


def texts(out: list[tuple[ConversationRef, str, Message]], chat_id: str) -> list[str]:
    """What went to a chat, as plain text."""
    return [plain(message.text) for to, _, message in out if to.chat_id == chat_id]


async def writes(
    persona: Persona, text: str, *, reply_to: str | None = None, files: int = 0, **more: object
) -> str:
    """A message with a number of its own; returns it."""
    number = str(next(_numbers))
    sent = tuple(IncomingFile(kind="photo", handle=f"photo-{number}-{n}") for n in range(files))
    event = MessageReceived(
        text=text,
        message_id=number,
        replied_to=reply_to,
        files=sent,
        **{**persona.common(), **more},  # type: ignore[arg-type]  # given by name
    )
    await persona.does(event)
    return number


async def ask(persona: Persona, words: str = "Is my well safe?") -> None:
    """Put a question to people."""
    await persona.says("/contact")
    await persona.says(words)
