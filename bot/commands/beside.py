"""What runs beside a platform that is connected: files, progress, badges, publishing, events."""

from __future__ import annotations

import asyncio
from typing import Protocol, runtime_checkable

from bot.app import App, describe_event, desks_of
from bot.chat.boards import EventBoard
from bot.chat.events import ConversationRef
from bot.chat.marks import Marker
from bot.chat.messages import Message
from bot.chat.ports import Adapter, BadgeBearer, Publisher
from bot.commands.desk_tasks import threads_of
from bot.delivery.badges import Badges
from bot.delivery.courier import InteractiveCourier
from bot.delivery.marking import Marking
from bot.delivery.mirroring import Mirroring
from bot.delivery.pacing import Pacer
from bot.delivery.publishing import Publishing
from bot.fetching import FileFetcher
from bot.store import Store
from bot.translating import supported, translator
from bot.watching import Draw, ProgressKeeper
from handlers.announce_progress import ENDED
from handlers.announce_routes import progress_of


class Fetching(Adapter, Protocol):
    """An adapter that can fetch what people sent."""

    async def download(self, to: ConversationRef, handle: str) -> bytes:
        """The bytes of an ``IncomingFile`` of ``to``; raises ``DeliveryError``."""
        ...


@runtime_checkable
class Badged(Protocol):
    """An adapter of a platform that can show who is a member; None where it is not set up."""

    badges: BadgeBearer | None


def _board(app: App, adapter: Fetching) -> EventBoard | None:
    if adapter.platform != "discord" or not app.settings.events.discord_events:
        return None
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.adapters.discord.board import ScheduledEvents

    assert isinstance(adapter, DiscordAdapter)
    return ScheduledEvents(adapter.client, adapter.client.sending, app.settings.discord)


def progress_drawer(app: App) -> Draw:
    """What a message that shows an announcement's progress says now."""
    progress = progress_of(app.settings)

    async def draw(store: Store, number: int, language: str) -> tuple[Message, bool] | None:
        told = await store.announcements.get(number)
        if told is None:
            return None
        message = await progress.message(store, told, translator(language), app.clock.now())
        return message, told.state not in ENDED

    return draw


async def run_beside(app: App, adapter: Fetching, pacer: Pacer, stop: asyncio.Event) -> None:
    """Until ``stop``."""
    fetcher = FileFetcher(
        database=app.database,
        clock=app.clock,
        platform=adapter.platform,
        download=adapter.download,
    )
    keeper = ProgressKeeper(
        database=app.database,
        clock=app.clock,
        adapter=adapter,
        courier=InteractiveCourier(pacer=pacer, clock=app.clock, meter=app.meter),
        draw=progress_drawer(app),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(fetcher.run(stop), name="fetching")
        group.create_task(keeper.run(stop), name="progress")
        if (threads := threads_of(app, adapter)) is not None:
            group.create_task(threads.run(stop), name="threads")
        if isinstance(adapter, Marker):
            marking = Marking(
                database=app.database,
                clock=app.clock,
                platform=adapter.platform,
                marker=adapter,
                pacer=pacer,
            )
            group.create_task(marking.run(stop), name="marking")
        if isinstance(adapter, Publisher):
            publishing = Publishing(
                database=app.database,
                clock=app.clock,
                platform=adapter.platform,
                publisher=adapter,
            )
            group.create_task(publishing.run(stop), name="publishing")
        if isinstance(adapter, Badged) and adapter.badges is not None:
            badges = Badges(
                database=app.database,
                clock=app.clock,
                bearer=adapter.badges,
                desks=desks_of(app.settings),
                translate=translator(app.settings.language),
            )
            group.create_task(badges.run(stop), name="badges")
        if (board := _board(app, adapter)) is not None:
            mirroring = Mirroring(
                database=app.database,
                clock=app.clock,
                board=board,
                describe=describe_event,
                language_of=lambda locale: supported(locale) or app.settings.language,
                desks=desks_of(app.settings),
                translate=translator(app.settings.language),
            )
            group.create_task(mirroring.run(stop), name="mirroring")
