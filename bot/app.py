"""The composition root: builds everything, once, from the settings."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.chat.boards import BoardEntry
from bot.chat.events import ConversationRef, Platform
from bot.chat.measuring import NO_METER, Meter
from bot.chat.ports import Clock, Download, Inbox
from bot.chat.routes import Presentation
from bot.chat.troubles import Troubles
from bot.chat.turn import Dispatch, Role
from bot.clock import SystemClock
from bot.config import Settings
from bot.dispatcher import GATHER, Dispatcher, StoredInbox
from bot.forms import StepByStep
from bot.previewing import preview
from bot.reloading import Reloader
from bot.router import Router
from bot.sharing import Gateway
from bot.store import Database
from bot.store.event_rows import Meeting
from bot.store.migrating import upgrade
from bot.translating import translator
from handlers.announce_ports import AnnouncePorts
from handlers.asked import CountQuestions
from handlers.catalogue import build_routes, present
from handlers.event_board import board_entry
from handlers.notices import tell_notices
from handlers.standalone import Standalone
from knowledge.answering import Answerer
from knowledge.index_process import build_in_child
from knowledge.library import Library
from knowledge.loader import FOLDER, load
from knowledge.model import Collection

_log = structlog.get_logger(__name__)

GRACE = 25.0
"""Seconds that all may take to end; systemd, Docker and Kubernetes wait 30 or more by our files."""

SLOW_AFTER = 2.0
"""Seconds of silence at a start before somebody is told what takes so long."""

WITHOUT_FORMS = frozenset({"console", "telegram"})


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What is shared by the adapters of one process."""

    settings: Settings
    clock: Clock
    database: Database
    library: Library
    dispatch: Dispatch
    inbox: Inbox
    presentation: Presentation
    meter: Meter = NO_METER
    downloads: dict[Platform, Download] = field(default_factory=dict)
    """How to fetch what lies at a platform that runs here."""
    troubles: Troubles = field(default_factory=Troubles)

    def reloader(self) -> Reloader:
        """What picks up changed articles."""
        return Reloader(
            library=self.library,
            folder=folder_of(self.settings),
            own=own_folder_of(self.settings),
            cache=self.settings.answering.cache_folder,
            database=self.database,
            clock=self.clock,
            desks=desks_of(self.settings),
            translate=translator(self.settings.language),
            index=build_in_child,
        )

    async def record_move(self, old: ConversationRef, new: ConversationRef) -> None:
        """A group became a supergroup: what is sent later goes to the new address."""
        async with self.database.begin() as store:
            now = self.clock.now()
            await store.subscriptions.move(old, new, now)
            await store.calendar_choices.move(old, new, now)
            await store.chats.set_status(old, "migrated", now, migrated_to=new.chat_id)
            await store.chats.set_status(new, "active", now)


def build_answerer(settings: Settings) -> Callable[[Collection], Answerer]:
    """The search that the settings ask for; it takes seconds when its cache is cold."""
    from knowledge.labels import with_kept
    from knowledge.search.engine import Engine

    folder = settings.answering.cache_folder
    encoder = None
    if settings.answering.semantic_model is not None:
        from knowledge.search.semantic import load_encoder

        encoder = load_encoder(settings.answering.semantic_model)
    return lambda collection: with_kept(Engine.build(collection, folder, encoder=encoder), folder)


def folder_of(settings: Settings) -> Path:
    """Where the articles lie."""
    return Path(settings.knowledge_dir) if settings.knowledge_dir else FOLDER


def own_folder_of(settings: Settings) -> Path | None:
    """Where the articles lie that the secretariat makes of answers."""
    return Path(settings.own_articles_dir) if settings.own_articles_dir else None


def build_library(settings: Settings) -> Library:
    """Load the knowledge base and build its search; faults are logged and left out."""
    collection = load(
        folder_of(settings),
        cache=settings.answering.cache_folder,
        own=own_folder_of(settings),
    )
    for problem in collection.problems:
        _log.warning("knowledge.problem", place=problem.path, line=problem.line)
    slow = threading.Timer(
        SLOW_AFTER, _log.warning, ["Building the search index; once, some twenty seconds"]
    )
    slow.daemon = True
    slow.start()
    try:
        return Library(collection, build_answerer(settings))
    finally:
        slow.cancel()


def build(
    settings: Settings,
    database: Database,
    library: Library,
    *,
    clock: Clock | None = None,
    extra_roles: Mapping[str, Role] | None = None,
    meter: Meter = NO_METER,
    gateway: Gateway | None = None,
) -> App:
    """Everything but the platforms; ``gateway`` where several processes receive."""
    clock = clock or SystemClock()
    all_roles = {**roles_of(settings), **(extra_roles or {})}
    desks = desks_of(settings)
    announcing = AnnouncePorts(
        roles=all_roles,
        desks=desks,
        preview=preview,
        contacts=lambda: [each.accounts for each in library.everyone],
    )
    routes = build_routes(library, desks, translator, settings, announcing)
    dispatcher = Dispatcher(
        database=database,
        clock=clock,
        handler=Router(routes).handle,
        middleware=(
            tell_notices,
            CountQuestions(library),
            StepByStep(WITHOUT_FORMS, routes.checks),
        ),
        roles=all_roles,
        limits=settings.limits,
        language=settings.language,
        desks=desks_of(settings),
        meter=meter,
        hold=gateway.hold if gateway else None,
    )
    return App(
        settings=settings,
        clock=clock,
        database=database,
        library=library,
        dispatch=gateway.shared(dispatcher.dispatch) if gateway else dispatcher.dispatch,
        inbox=gateway or StoredInbox(database, clock, gather=GATHER),
        presentation=present(routes, translator),
        meter=meter,
    )


def describe_event(meeting: Meeting, language: str) -> BoardEntry:
    """An event for a platform's own list of events."""
    return board_entry(meeting, language, translator)


def desks_of(settings: Settings) -> list[ConversationRef]:
    """The chats of the configuration that are told about questions."""
    desks = []
    if settings.telegram.desk_chat is not None:
        topic = settings.telegram.desk_topic
        desks.append(
            ConversationRef(
                platform="telegram",
                chat_id=str(settings.telegram.desk_chat),
                thread_id="" if topic is None else str(topic),
                is_private=settings.telegram.desk_chat > 0,
            )
        )
    if settings.discord.desk_channel is not None:
        desks.append(
            ConversationRef(
                platform="discord", chat_id=str(settings.discord.desk_channel), is_private=False
            )
        )
    return desks


def roles_of(settings: Settings) -> dict[str, Role]:
    """Roles by account, the highest where somebody is named twice."""
    roles = dict.fromkeys(settings.roles.experts, Role.EXPERT)
    roles |= dict.fromkeys(settings.roles.secretariat, Role.SECRETARIAT)
    roles |= dict.fromkeys(settings.roles.admins, Role.ADMIN)
    return roles


async def prepare_database(settings: Settings, *, pool_size: int = 8) -> Database:
    """An open database at this release's tables; raises ``DatabaseError``."""
    database = Database(settings.database.url.get_secret_value(), pool_size=pool_size)
    try:
        await upgrade(database)
    except BaseException:
        await database.close()
        raise
    return database


async def supervise(tasks: Mapping[str, Callable[[asyncio.Event], Awaitable[None]]]) -> None:
    """Run named tasks until one fails, one of them ends, or a signal asks to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        running = [
            group.create_task(_until_stopped(name, start, stop), name=name)
            for name, start in tasks.items()
        ]
        group.create_task(_end_within(GRACE, running, stop), name="ending")


async def _end_within(
    seconds: float, running: Sequence[asyncio.Task[None]], stop: asyncio.Event
) -> None:
    """Tasks end what they have begun once they are told to stop, but not for ever."""
    await stop.wait()
    _, late = await asyncio.wait(running, timeout=seconds)
    for task in late:
        _log.warning("task.cut_off", task=task.get_name())
        task.cancel()


async def _until_stopped(
    name: str, start: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event
) -> None:
    try:
        await start(stop)
    finally:
        _log.info("task.ended", task=name)
        stop.set()


__all__ = [
    "App",
    "build",
    "build_library",
    "describe_event",
    "desks_of",
    "prepare_database",
    "Standalone",
    "supervise",
]
