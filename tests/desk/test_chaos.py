"""Many questions at once from three platforms, answers in random order through three desks,
kill -9: each arrives, in order, at the right asker. ``make chaos`` sets ``INSOP_CHAOS=full``:
a hundred askers and many more kills.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import on_both
from tests.desk.chaos import Chaos, Servers
from tests.discord.wire.server import WireServer
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.server import LoopbackServer

IS_FULL = os.environ.get("INSOP_CHAOS") == "full"
ASKERS, KILLS = (100, 12) if IS_FULL else (6, 2)


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    imap, smtp, wire = ImapServer(), SmtpServer(), WireServer()
    await imap.start()
    smtp.start()
    await wire.start()
    async with LoopbackServer() as telegram:
        yield Servers(telegram=telegram, discord=wire, imap=imap, smtp=smtp)
    await wire.stop()
    smtp.stop()
    await imap.stop()


@on_both
async def test_nothing_is_lost_crossed_or_overtaken_when_the_process_is_killed(
    servers: Servers, tmp_path: Path, url: str
) -> None:
    outcome = await Chaos(servers, tmp_path, url, askers=ASKERS, kills=KILLS).run()
    print(outcome)
    assert outcome.kills > 0
    assert set(outcome.answered) == {"telegram", "discord", "email"}
    assert outcome.missing == []
    assert outcome.crossed == []
    assert outcome.disordered == []
    # Dying between making a thread and noting it leaves an empty one behind, at most one a death.
    assert ASKERS <= outcome.topics <= ASKERS + outcome.kills
    assert ASKERS <= outcome.threads <= ASKERS + outcome.kills
    # Telegram has no key that makes a repeat harmless: what was in flight when the process died
    # is sent again, and nothing else. Discord has one, and a mail has its id.
    on_telegram = outcome.doubled["telegram"] + outcome.doubled["OnTelegram"]
    assert on_telegram == outcome.doubled.total()
    assert on_telegram <= 4 * outcome.kills
