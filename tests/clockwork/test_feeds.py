"""Calendars of others: fetched within bounds, read again, kept in step, failing politely."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot.clockwork import fetching, importing
from bot.clockwork.feeds import Feeds, read_aside
from bot.clockwork.fetching import Fetched, FetchError, fetch, tidy_url
from bot.clockwork.importing import Importing
from bot.store import Store
from bot.store.event_feeds import EventFeeds
from bot.store.event_rows import Meeting
from tests.clockwork.world import START, ZONE, World

URL = "https://example.org/calendar.ics"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ics(*events: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", "")).encode()


def vevent(uid: str, day: str, *lines: str, hour: int = 10) -> str:
    return "\r\n".join(
        (
            *("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:Event {uid}"),
            f"DTSTART;TZID=Europe/Rome:{day}T{hour:02}0000",
            f"DTEND;TZID=Europe/Rome:{day}T{hour + 1:02}0000",
            *lines,
            "END:VEVENT",
        )
    )


class Web:
    """What a calendar's server answers, and what those who answered were told of."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answer: bytes | str | None = b""
        self.told: list[str] = []
        self.asked: list[str | None] = []
        self.feeds = Feeds(
            database=world.database,
            clock=world.clock,
            fetch=self.fetch,
            importing=Importing(database=world.database, clock=world.clock, tell=self.tell),
            zone=ZONE,
            every=timedelta(hours=6),
            urls=["webcal://example.org/calendar.ics"],
        )

    async def fetch(self, url: str, etag: str | None) -> Fetched:
        assert url == URL
        self.asked.append(etag)
        if isinstance(self.answer, str):
            raise FetchError(self.answer)
        return Fetched(data=self.answer, etag='"1"')

    async def tell(self, store: Store, before: Sequence[Meeting], now: datetime) -> int:
        self.told += [each.event.uid for each in before]
        return len(before)

    async def later(self, hours: float = 6.0) -> int:
        self.world.clock.advance(hours * 3600)
        return await self.feeds.read_due()

    async def calendar(self) -> list[tuple[str, str, str]]:
        async with self.world.database.begin() as store:
            found = await store.occurrences.between(START, START + timedelta(days=60))
        return [
            (each.event.uid, f"{each.occurrence.start_wall:%d. %H}", each.place) for each in found
        ]


async def test_a_feed_is_kept_in_step(world: World) -> None:
    page = Web(world)
    page.answer = ics(
        vevent("a", "20260610"),
        vevent("b", "20260611", "RRULE:FREQ=WEEKLY;COUNT=3"),
        vevent("b", "20260619", "RECURRENCE-ID;TZID=Europe/Rome:20260618T100000", "LOCATION:Bari"),
    )
    assert await page.feeds.read_due() == 1
    assert await page.feeds.read_due() == 0
    weekly = [("b", "11. 10", ""), ("b", "19. 10", "Bari"), ("b", "25. 10", "")]
    assert await page.calendar() == [("a", "10. 10", ""), *weekly]
    # The same again: nothing is told.
    assert await page.later() == 1
    assert page.told == []
    assert page.asked == [None, '"1"']
    # One moves, the day that differed goes by the rule again, one is gone.
    page.answer = ics(vevent("b", "20260611", "RRULE:FREQ=WEEKLY;COUNT=3", hour=12))
    await page.later()
    assert await page.calendar() == [
        *(("b", "11. 12", ""), ("b", "18. 12", ""), ("b", "25. 12", ""))
    ]
    assert set(page.told) == {"a", "b"}
    # It comes back.
    page.answer = ics(vevent("a", "20260610"), vevent("b", "20260611", hour=12))
    await page.later()
    assert await page.calendar() == [("a", "10. 10", ""), ("b", "11. 12", "")]


async def test_a_broken_part_calls_nothing_off(world: World) -> None:
    page = Web(world)
    page.answer = ics(vevent("a", "20260610"), vevent("b", "20260611"))
    await page.feeds.read_due()
    page.answer = ics(vevent("a", "20260610", "RRULE:FREQ=NEVER"), vevent("b", "20260612"))
    await page.later()
    assert await page.calendar() == [("a", "10. 10", ""), ("b", "12. 10", "")]


async def test_failures_are_noted_and_tried_again_later_and_later(world: World) -> None:
    page = Web(world)
    page.answer = ics(vevent("a", "20260610"))
    await page.feeds.read_due()
    page.answer = "The server of this calendar answers 500."
    assert await page.later() == 1
    assert await page.later(0.2) == 0
    assert await page.later(0.1) == 1
    assert await page.later(0.3) == 0
    async with world.database.begin() as store:
        (feed,) = await EventFeeds(store.connection).all()
    assert (feed.failures, feed.error) == (2, "The server of this calendar answers 500.")
    assert await page.calendar() == [("a", "10. 10", "")]
    page.answer = b"<html>"
    assert await page.later() == 1
    page.answer = None
    assert await page.later(24) == 1
    async with world.database.begin() as store:
        (feed,) = await EventFeeds(store.connection).all()
    assert (feed.failures, feed.error) == (0, None)


async def test_a_feed_cannot_take_over_our_own_events(world: World) -> None:
    own = await world.event(START + timedelta(days=3), uid="a")
    page = Web(world)
    page.answer = ics(vevent("a", "20260610"))
    await page.feeds.read_due()
    async with world.database.begin() as store:
        kept = await store.events.get(own.id)
    assert kept is not None
    assert kept.text_in(None).title == "Call"


async def test_many_events_are_taken_in_piece_by_piece(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "ENTRIES", 7)
    page = Web(world)
    page.answer = ics(*(vevent(str(number), "20260610") for number in range(50)))
    await page.feeds.read_due()
    assert len(await page.calendar()) == 50


async def test_a_large_file_is_read_in_a_process_of_its_own() -> None:
    data = ics(*(vevent(str(number), "20260610", "X-FILL:" + "x" * 60) for number in range(1500)))
    assert len(data) > 200_000
    reading = await read_aside(data, ZONE)
    assert len(reading.entries) == 1500


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # asyncio's
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_fetching(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/good":
                if request.headers.get("If-None-Match") == '"7"':
                    return web.Response(status=304)
                return web.Response(body=b"calendar", headers={"ETag": '"7"'})
            case "/moved":
                return web.Response(status=302, headers={"Location": "good"})
            case "/round":
                return web.Response(status=302, headers={"Location": "/round"})
            case "/away":
                return web.Response(status=302, headers={"Location": "file:///etc/passwd"})
            case "/large":
                return web.Response(body=b"x" * 200_000)
        return web.Response(status=404)

    monkeypatch.setattr(fetching, "MOST_BYTES", 100_000)
    async with serving(answer) as url:
        assert await fetch(f"{url}/good", allows_private=True) == Fetched(
            data=b"calendar", etag='"7"'
        )
        same = await fetch(f"{url}/good", etag='"7"', allows_private=True)
        assert same.data is None
        assert (await fetch(f"{url}/moved", allows_private=True)).data == b"calendar"
        for path, words in (
            ("/round", "without end"),
            ("/away", "not a web address"),
            ("/large", "larger than"),
            ("/none", "answers 404"),
        ):
            with pytest.raises(FetchError, match=words):
                await fetch(f"{url}{path}", allows_private=True)
        for private in (url, url.replace("127.0.0.1", "localhost")):
            with pytest.raises(FetchError, match="private network"):
                await fetch(f"{private}/good")
    with pytest.raises(FetchError, match="cannot be reached"):
        await fetch(f"{url}/good", allows_private=True)


@pytest.mark.parametrize(
    "address",
    [
        *("http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "http://0.0.0.0/"),
        *("http://[::ffff:127.0.0.1]/", "http://192.168.1.1/", "http://[fd00::1]/"),
        *("http://100.64.0.1/", "http://224.0.0.1/"),
    ],
)
async def test_private_addresses_are_refused(address: str) -> None:
    with pytest.raises(FetchError, match="private network"):
        await fetch(address)


def test_addresses() -> None:
    assert tidy_url(" webcal://example.org/x?y=1#z ") == "https://example.org/x?y=1"
    for bad in ("ftp://example.org", "example.org/x.ics", "https://", "file:///etc/passwd"):
        with pytest.raises(FetchError, match="not a web address"):
            tidy_url(bad)
    with pytest.raises(FetchError, match="name or password"):
        tidy_url("https://ana:secret@example.org/x.ics")
