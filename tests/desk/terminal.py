"""``insop chat`` with the settings of the chaos test.

Usage: ``python -m tests.desk.terminal JSON NAME``, where the JSON is a ``Place``.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.adapters.console import ConsoleAdapter
from bot.app import build, prepare_database, supervise
from bot.commands.sending import sender_for
from tests.desk.worker import Place, library_of, settings_of


async def talk(place: Place, name: str) -> None:
    """Until the input ends."""
    settings = settings_of(place)
    async with await prepare_database(settings) as database:
        app = build(settings, database, library_of(place))
        adapter = ConsoleAdapter(
            clock=app.clock,
            name=name,
            locale=None,
            stdin=sys.stdin,
            stdout=sys.stdout,
            is_silent_start=True,
        )
        sender, _ = sender_for(app, adapter, token_id=f"console:{name}", only_chat=name)
        await supervise(
            {
                "terminal": lambda stop: adapter.run(app.dispatch, stop),
                "sender": sender.run,
            }
        )


if __name__ == "__main__":
    asyncio.run(talk(Place(**json.loads(sys.argv[1])), sys.argv[2]))
