"""Many questions at once, answers in random order, kill -9: each arrives, in order, at the right
asker. ``make chaos`` sets ``INSOP_CHAOS=full``: a hundred askers and many more kills.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.desk.chaos import Chaos
from tests.telegram.loopback.server import LoopbackServer

IS_FULL = os.environ.get("INSOP_CHAOS") == "full"
ASKERS, KILLS = (100, 12) if IS_FULL else (12, 2)


async def test_nothing_is_lost_crossed_or_overtaken_when_the_process_is_killed(
    tmp_path: Path,
) -> None:
    async with LoopbackServer() as server:
        outcome = await Chaos(server, tmp_path, askers=ASKERS, kills=KILLS).run()
    print(outcome)
    assert outcome.kills > 0
    assert outcome.missing == []
    assert outcome.crossed == []
    assert outcome.disordered == []
    # Telegram has no key that makes a repeat harmless: what was in flight when the process died
    # is sent again, and nothing else.
    assert outcome.doubled <= 4 * outcome.kills
