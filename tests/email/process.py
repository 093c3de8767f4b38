"""What ``insop run`` runs for Telegram and mail, on servers of the tests; also as a process.

``python -m tests.email.process URL TELEGRAM SMTP IMAP`` works until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import SecretStr

from bot.app import build
from bot.clock import SystemClock
from bot.commands.desk_tasks import keep_due
from bot.commands.mail_tasks import mail_tasks
from bot.commands.roles import Part
from bot.config import EmailSettings, Settings, TelegramSettings
from bot.store import Database
from bot.store.migrating import upgrade
from knowledge.library import Library
from knowledge.model import Contact
from knowledge.search.fuzzy import FuzzySearch
from tests.email.letters import DESK
from tests.email.servers import mailbox_at
from tests.knowledge_sample import sample_collection
from tests.telegram.loopback.server import TOKEN

CONTACTS = (
    Contact(id="amina", name="Amina", email="Amina@example.org", deputies=("boris",)),
    Contact(id="boris", name="Boris", email="boris@example.org"),
    Contact(id="chloe", name="Chloé", email="chloe@example.org", languages=("fr",)),
)

Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def works(
    database: Database, telegram: str, smtp_port: int, imap_port: int, owner: str
) -> dict[str, Work]:
    """Receiving and sending, by name."""
    settings = Settings(
        telegram=TelegramSettings(
            token=SecretStr(TOKEN),
            api_url=telegram,
            file_url=f"{telegram}/file",
            set_commands=False,
        ),
        email=EmailSettings(
            transport="smtp",
            host="127.0.0.1",
            port=smtp_port,
            security="none",
            sender=f"INSOP <{DESK}>",
        ),
        mailbox=mailbox_at(imap_port),
    )
    library = Library(replace(sample_collection(), contacts=CONTACTS), FuzzySearch.build)
    app = build(settings, database, library, clock=SystemClock())
    part = Part(app=app, roles=frozenset(), owner=owner, web=None, gateway=None)
    return {
        **part.tasks("telegram"),
        **mail_tasks(part),
        "desk": partial(keep_due, app),
    }


async def _run(url: str, telegram: str, smtp_port: int, imap_port: int) -> None:
    async with Database(url) as database:
        await upgrade(database)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for work in works(database, telegram, smtp_port, imap_port, "process").values():
                group.create_task(work(stop))


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
