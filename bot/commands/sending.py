"""The sender and the courier of one bot token, sharing one pacer."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from bot.adapters.email import transport_for
from bot.app import App
from bot.chat.events import Platform
from bot.chat.ports import Adapter, Clock, Download
from bot.commands.clock import clockwork_for
from bot.commands.desk_tasks import keep_due
from bot.delivery.carrying import FileCarrier
from bot.delivery.courier import InteractiveCourier
from bot.delivery.doubts import History
from bot.delivery.fanout import FanOut
from bot.delivery.housekeeping import Housekeeping
from bot.delivery.limits import limits_for
from bot.delivery.mailing import Mailing
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.mail import LetterLinks
from bot.operations.daily_backup import DailyBackup
from bot.watching import ProgressSamples

Task = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def upkeep(
    app: App,
    poke_senders: Callable[[], None] = lambda: None,
    links: LetterLinks | None = None,
) -> dict[str, Task]:
    """What runs beside the platforms: announcements, the calendar, mails, the daily cleaning.

    ``poke_senders`` lets reminders leave at their moment.
    """
    transport = transport_for(app.settings.email)
    mailing = Mailing(
        database=app.database,
        clock=app.clock,
        transport=transport,
        meter=app.meter,
        troubles=app.troubles,
        links=links,
    )
    housekeeping = Housekeeping(
        database=app.database, clock=app.clock, retention=app.settings.retention
    )
    backup = DailyBackup(
        database=app.database,
        clock=app.clock,
        troubles=app.troubles,
        settings=app.settings.backup,
        zone=app.settings.zone,
    )
    fanout = FanOut(database=app.database, clock=app.clock)
    samples = ProgressSamples(database=app.database, clock=app.clock)
    return {
        "announcements": fanout.run,
        "announcements.progress": samples.run,
        "calendar": clockwork_for(app, poke_senders).run,
        "mailing": mailing.run,
        "housekeeping": housekeeping.run,
        "backup": backup.run,
        "desk": partial(keep_due, app),
    }


def pacer_for(platform: Platform, rate: float | None, clock: Clock) -> Pacer:
    """The pace of a platform; ``rate`` (messages a second) replaces its documented ceiling."""
    return Pacer(limits=limits_for(platform, rate), clock=clock)


def sender_for(
    app: App,
    adapter: Adapter,
    *,
    token_id: str,
    pacer: Pacer | None = None,
    only_chat: str | None = None,
    owner: str | None = None,
) -> tuple[Sender, InteractiveCourier]:
    """What sends the outbox rows of ``adapter``'s platform, and what carries its replies."""
    pacer = pacer or pacer_for(adapter.platform, None, app.clock)
    download: Download | None = getattr(adapter, "download", None)
    if download is not None:
        app.downloads[adapter.platform] = download
    carrier = FileCarrier(adapter.capabilities.attachment_limit, app.downloads)
    sender = Sender(
        database=app.database,
        adapter=adapter,
        carry=carrier.prepared,
        history=adapter if isinstance(adapter, History) else None,
        clock=app.clock,
        pacer=pacer,
        token_id=token_id,
        owner=owner or f"{socket.gethostname()[:32]}-{os.getpid()}",
        only_chat=only_chat,
        meter=app.meter,
    )
    return sender, InteractiveCourier(pacer=pacer, clock=app.clock, meter=app.meter)
