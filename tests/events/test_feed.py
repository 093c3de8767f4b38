"""The calendar feed: an address that cannot be guessed, and what stands behind it."""

from __future__ import annotations

import icalendar

from bot.calendar.feed_links import PURPOSE, feed_language, feed_token
from bot.chat.messages import LinkButton, Message
from bot.chat.turn import Role
from bot.commands.calendar_feed import FRESH, feed_of
from bot.config import LimitSettings, Settings, WebSettings
from bot.store import Database
from tests.clock import ManualClock
from tests.events.stage import open_first, publish, write_event
from tests.stage import Persona, Stage

KEY = b"k" * 32


def test_a_token_is_known_by_its_signature() -> None:
    token = feed_token(KEY, "fr")
    assert feed_language(KEY, token, ("en", "fr")) == "fr"
    for other in (
        *("", "fr", "fr-", token[:-1], "en" + token[2:], token + "x", "de-" + token[3:], "fr-é"),
        feed_token(b"x" * 32, "fr"),
    ):
        assert feed_language(KEY, other, ("en", "fr")) is None, other


async def test_the_link_leads_to_what_everybody_may_see(
    stage: Stage, database: Database, clock: ManualClock
) -> None:

    stage.restart(
        Settings(
            limits=LimitSettings(burst=10_000, messages_per_minute=10_000),
            web=WebSettings(public_url="https://insop.example"),
        )
    )
    sara = stage.persona("Sara", role=Role.SECRETARIAT)
    await publish(sara)
    await write_event(sara, title="A draft")
    ana = stage.persona("Ana", locale="fr")
    await open_first(ana)
    await ana.presses("Ajouter au calendrier")
    (reply,) = ana.last
    assert isinstance(reply, Message)
    (link,) = (part for row in reply.rows for part in row)
    assert isinstance(link, LinkButton)
    start, _, rest = link.url.partition("/calendar/")
    assert start == "https://insop.example"
    feed = feed_of(database, clock)
    text = await feed(rest.removesuffix(".ics"))
    assert text is not None
    calendar = icalendar.Calendar.from_ical(text)
    assert [str(each["SUMMARY"]) for each in calendar.walk("VEVENT")] == ["Mapping webinar"]
    assert "meet.example" not in text.replace("\r\n ", "")
    assert await feed("fr-nothing") is None
    await publish(sara, title="Another", start="2026-12-20 10:00")
    token = rest.removesuffix(".ics")
    assert "Another" not in (await feed(token) or "")
    clock.advance(FRESH + 1)
    assert "Another" in (await feed(token) or "")


async def test_without_a_web_server_there_is_only_the_file(sara: Persona, ana: Persona) -> None:
    await publish(sara)
    await open_first(ana)
    await ana.presses("Add to calendar")
    (reply,) = ana.last
    assert isinstance(reply, Message)
    assert reply.rows == ()


async def test_the_key_is_the_installations_own(database: Database, clock: ManualClock) -> None:
    async with database.begin() as store:
        key = await store.site_keys.get(PURPOSE, clock.now())
        assert await store.site_keys.get(PURPOSE, clock.now()) == key
    assert len(key) == 32
