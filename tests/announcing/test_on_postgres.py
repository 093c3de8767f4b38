"""The statements of announcements on PostgreSQL, where a server can be had."""

from __future__ import annotations

from bot.chat.turn import Role
from bot.fetching import FileFetcher
from bot.store import Database
from bot.watching import ProgressSamples
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, choose, send, write
from tests.announcing.people import add_member, reached
from tests.announcing.test_files import Platform, document, shows
from tests.announcing.test_reviewing import asked
from tests.announcing.test_watching import press
from tests.clock import ManualClock
from tests.databases import on_postgres
from tests.stage import Persona, Stage

pytestmark = on_postgres


async def test_a_whole_announcement(
    stage: Stage,
    sara: Persona,
    subscribe: Subscribe,
    fan_out: FanOutAll,
    rows: Rows,
    clock: ManualClock,
    database: Database,
) -> None:
    omar = stage.persona("Omar", role=Role.SECRETARIAT)
    await omar.says("/help")
    await add_member(stage, "Awa", country="SN", stakeholder="farmer", interests=("mapping",))
    await subscribe("-100", kind="group", zone="Asia/Tokyo")
    assert await reached(database) == {"Awa", "-100"}
    assert await reached(database, countries=("SN",), interests=("mapping",)) == {"Awa"}
    assert await reached(database, stakeholders=("ngo",)) == set()
    assert await reached(database, event=1) == set()
    await write(sara)
    platform = Platform()
    platform.files["plan.pdf"] = b"%PDF"
    await sara.presses("Add a file")
    await shows(sara, document("plan.pdf"))
    fetcher = FileFetcher(
        database=database, clock=clock, platform="telegram", download=platform.download
    )
    assert await fetcher.fetch_all() == 1
    await choose(sara, "Chats", "groups and channels only")
    await choose(sara, "Chats", "✓ groups and channels only")
    await sara.presses("Each reader's hour")
    await sara.says("2026-04-23 09:00")
    sara.sees("plan.pdf", "Recipients: 2")
    await send(sara)
    sara.sees("second person's yes")
    yes = (await asked(rows))["telegram-Omar"]
    await omar.presses_action(yes)
    omar.sees("is being sent", "0/2")
    await press(omar, "Refresh", "77")
    assert await fan_out(1) == 2
    dues = {row.chat_id: f"{row.due_at:%d %H:%M}" for row in await rows() if row.batch}
    assert dues == {"telegram-Awa": "23 09:00", "-100": "23 00:00"}
    async with database.begin() as store:
        assert len(await store.announcement_watches.on("telegram")) == 1
        assert len((await store.announcements.texts(1))["fr"].attachments) == 1
        await store.announcements.set_state(1, "done", clock.now(), only_from=("running",))
    samples = ProgressSamples(database=database, clock=clock)
    assert await samples.sample() == 0
    await omar.says("/announcements 1")
    await omar.presses("Report")
    await omar.presses("Picture")
    await omar.says("/announcements 1")
    await omar.presses("Recall")
    await omar.presses("Yes, recall it")
    omar.sees("Recall of announcement 1")
    await write(sara, "Another one.")
    await sara.presses("Discard")
    sara.sees("Nothing was sent")
