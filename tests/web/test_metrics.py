"""Health and metrics: true, bounded, and without anybody in them."""

from __future__ import annotations

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.store import Database
from bot.web.health import FRESH, HealthPages
from bot.web.metrics import MOST_VALUES, Metrics
from bot.web.server import WebServer
from tests.clock import ManualClock
from tests.web.conftest import Serve


async def test_what_waits_can_be_seen(
    database: Database, clock: ManualClock, server: WebServer, serve: Serve
) -> None:
    to = ConversationRef(platform="telegram", chat_id="4711")
    async with database.begin() as store:
        await store.outbox.add(
            "q:1",
            to,
            Message(text="private words"),
            lane=Lane.RELAY,
            on_unknown="hold",
            now=clock.now(),
        )
    clock.advance(90)
    HealthPages(database, clock, Metrics()).add_to(server, has_metrics=True)
    async with serve(server) as session, session.get("/metrics") as answer:
        text = await answer.text()
    assert 'insop_lane_waiting{lane="relay",platform="telegram"} 1.0' in text
    assert 'insop_lane_oldest_seconds{lane="relay",platform="telegram"} 90.0' in text
    assert "insop_questions_open 0.0" in text
    assert "4711" not in text
    assert "private" not in text


async def test_readiness_follows_the_database(
    database: Database, clock: ManualClock, server: WebServer, serve: Serve
) -> None:
    pages = HealthPages(database, clock, Metrics())
    pages.add_to(server, has_metrics=False)
    async with serve(server) as session:
        async with session.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (200, "ready\n")
        async with database.connect() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        clock.advance(FRESH)
        async with session.get("/readyz") as answer:
            assert (answer.status, await answer.text()) == (503, "migration\n")
        pages.is_stopping = True
        async with session.get("/readyz") as answer:
            assert answer.status == 503
        async with session.get("/healthz") as answer:
            assert answer.status == 200
        async with session.get("/metrics") as answer:
            assert answer.status == 404


def test_labels_cannot_grow_and_cannot_name_anybody() -> None:
    metrics = Metrics()
    for number in range(MOST_VALUES + 50):
        metrics.count("mails", outcome=f"o{number}")
    metrics.count("mails", outcome="Ana López <ana@example.org>")
    text = metrics.text().decode()
    assert text.count("insop_mails_total{") == MOST_VALUES + 1
    assert 'outcome="other"} 51.0' in text
    assert "ana@" not in text
