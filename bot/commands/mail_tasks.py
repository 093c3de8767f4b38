"""The e-mail desk of ``insop run``: reading the mailbox, and sending to contacts."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.adapters.email import transport_for
from bot.adapters.email.adapter import EmailAdapter
from bot.app import App, desks_of
from bot.commands.mail_office import MailOffice
from bot.commands.roles import Part, Task
from bot.commands.sending import sender_for
from bot.delivery.waking import wait_first
from bot.mail import LetterLinks


def make_mail_adapter(app: App, links: LetterLinks | None = None) -> EmailAdapter:
    """The adapter on this house's database and settings."""
    settings = app.settings
    mailbox = settings.mailbox
    office = MailOffice(
        database=app.database,
        clock=app.clock,
        desks=desks_of(settings),
        library=app.library,
        troubles=app.troubles,
        language=settings.language,
        mailbox=f"{mailbox.username}@{mailbox.host}/{mailbox.folder}",
        links=links,
    )
    return EmailAdapter(
        email=settings.email,
        mailbox=mailbox,
        post=transport_for(settings.email),
        office=office,
        clock=app.clock,
        pause=partial(wait_first, app.clock),
    )


def mail_tasks(part: Part) -> dict[str, Task]:
    """Nothing without a mailbox: contacts could not answer."""
    app = part.app
    if app.settings.mailbox.host is None:
        return {}
    tasks: dict[str, Task] = {}
    if part.has("gateway"):
        adapter = make_mail_adapter(app, part.links)

        async def read(stop: asyncio.Event) -> None:
            await adapter.run(app.dispatch, stop)

        async def read_elected(stop: asyncio.Event) -> None:
            await part.elected("email.gateway").run(read, stop)

        tasks["email"] = read_elected if part.roles else read
    if part.has("sender"):
        adapter = make_mail_adapter(app, part.links)
        sender, _ = sender_for(app, adapter, token_id="email", owner=part.owner)
        tasks["email.sender"] = sender.run
    return tasks
