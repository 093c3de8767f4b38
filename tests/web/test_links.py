"""Signed links: nobody else can make one, and opening one changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.turn import Translate
from bot.store import Database
from bot.web.links import BadLink, LinkPage, Links, unsubscribe_headers
from bot.web.server import WebServer
from tests.clock import ManualClock
from tests.web.conftest import Serve

DAY = timedelta(days=1)
KEY = bytes(range(32))


@pytest.fixture
def links(clock: ManualClock) -> Links:
    return Links(KEY, public_url="https://insop.example.org", clock=clock)


@pytest.fixture
def used(links: Links) -> list[str]:
    """Whom the link "stop" was used for."""
    found: list[str] = []

    async def act(subject: str, _: Translate) -> str:
        found.append(subject)
        return _("Cancelled.")

    page = LinkPage(ask=lambda _: _("Cancel?"), button=lambda _: _("Yes <b>"), act=act)
    links.add("stop", page)
    return found


async def test_opening_a_link_changes_nothing_and_its_button_does(
    server: WebServer, serve: Serve, links: Links, used: list[str], clock: ManualClock
) -> None:
    links.add_to(server)
    url = links.url("stop", "42", clock.now() + DAY)
    assert url is not None
    path = url.removeprefix("https://insop.example.org")
    async with serve(server) as session:
        async with session.get(path, headers={"Accept-Language": "xx, ar;q=0.8"}) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert '<html lang="ar" dir="rtl">' in text
            assert "<b>" not in text
        assert used == []
        one_click = {"List-Unsubscribe": "One-Click"}
        async with session.post(path, data=one_click) as answer:
            assert answer.status == 200
        async with session.post(path.replace("/stop/", "/other/")) as answer:
            assert answer.status == 404
        clock.advance(DAY.total_seconds())
        async with session.post(path) as answer:
            assert answer.status == 404
    assert used == ["42"]


def test_a_token_counts_for_its_purpose_and_its_key_alone(links: Links, clock: ManualClock) -> None:
    token = links.token("stop", "42", clock.now() + DAY)
    assert links.subject("stop", token) == "42"
    other = Links(bytes(32), public_url=None, clock=clock)
    assert other.url("stop", "42", clock.now() + DAY) is None
    for each, purpose in ((links, "confirm"), (other, "stop")):
        with pytest.raises(BadLink):
            each.subject(purpose, token)


def test_no_changed_character_is_accepted(links: Links, clock: ManualClock) -> None:
    token = links.token("stop", "42", clock.now() + DAY)
    for index in range(len(token) - 1):
        changed = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
        with pytest.raises(BadLink):
            links.subject("stop", changed)


@given(token=st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,80}", fullmatch=True)))
def test_guesses_never_open_and_never_fault(token: str) -> None:
    links = Links(KEY, public_url=None, clock=ManualClock())
    with pytest.raises(BadLink):
        links.subject("stop", token)


async def test_the_key_is_made_once(database: Database, clock: ManualClock) -> None:
    async with database.begin() as store:
        first = await store.site_keys.get("links", clock.now())
    async with database.begin() as store:
        assert await store.site_keys.get("links", clock.now()) == first
        assert await store.site_keys.get("other", clock.now()) != first
    assert len(first) == 32


def test_what_a_mail_carries_for_one_click() -> None:
    assert unsubscribe_headers("https://x.org/l/stop/t") == {
        "List-Unsubscribe": "<https://x.org/l/stop/t>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
