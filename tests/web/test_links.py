"""Signed links: nobody else can make one, and opening one changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.turn import Translate
from bot.mail import unsubscribe_headers
from bot.store import Database
from bot.web.links import BODY, BURST, BadLink, Links, Shown
from bot.web.server import WebServer
from tests.clock import ManualClock
from tests.web.conftest import Serve

DAY = timedelta(days=1)
KEY = bytes(range(32))
HOST = "https://insop.example.org"


class Ending:
    """A page that notes whom it was pressed for."""

    def __init__(self, links: Links) -> None:
        self.used: list[str] = []
        self.shown: list[str] = []
        self._links = links

    async def show(self, subject: str, _: Translate) -> Shown | None:
        self.shown.append(subject)
        return Shown(text=_("Cancel?"), button=_("Yes <b>"))

    async def act(self, subject: str, _: Translate) -> Shown | None:
        self.used.append(subject)
        if subject == "gone":
            return None
        other = self._links.token("back", subject, ManualClock().now() + DAY)
        return Shown(text=_("Cancelled."), button=_("Back"), other=("back", other))


@pytest.fixture
def links(clock: ManualClock) -> Links:
    return Links(KEY, public_url=HOST, clock=clock)


@pytest.fixture
def page(links: Links) -> Ending:
    """What the link "stop" leads to."""
    made = Ending(links)
    links.add("stop", made)
    return made


def path_of(links: Links, subject: str, clock: ManualClock, language: str | None = None) -> str:
    url = links.url("stop", subject, clock.now() + DAY, language)
    assert url is not None
    return url.removeprefix(HOST)


async def test_opening_a_link_changes_nothing_and_its_button_does(
    server: WebServer, serve: Serve, links: Links, page: Ending, clock: ManualClock
) -> None:
    links.add_to(server)
    path = path_of(links, "42", clock)
    async with serve(server) as session:
        async with session.get(path, headers={"Accept-Language": "xx, ar;q=0.8"}) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert '<html lang="ar" dir="rtl">' in text
            assert "<b>" not in text
        async with session.head(path) as answer:
            assert answer.status == 200
        assert page.used == []
        one_click = {"List-Unsubscribe": "One-Click"}
        async with session.post(path, data=one_click) as answer:
            assert answer.status == 200
            assert 'action="../back/' in await answer.text()
        async with session.post(path.replace("/stop/", "/other/")) as answer:
            assert answer.status == 404
        clock.advance(DAY.total_seconds())
        async with session.post(path) as answer:
            assert answer.status == 404
    assert page.used == ["42"]


async def test_what_does_not_count_any_more_is_said_alike(
    server: WebServer, serve: Serve, links: Links, page: Ending, clock: ManualClock
) -> None:
    """A guess, a foreign link and a spent one look the same to whoever tries."""
    links.add_to(server)
    foreign = Links(bytes(32), public_url=HOST, clock=clock)
    told = set()
    async with serve(server) as session:
        for path in (path_of(links, "gone", clock), path_of(foreign, "42", clock), "/l/stop/abc"):
            async with session.post(path) as answer:
                assert answer.status == 404
                told.add(await answer.text())
    assert len(told) == 1
    assert page.used == ["gone"]


async def test_the_page_holds_no_script_and_nothing_from_elsewhere(
    server: WebServer, serve: Serve, links: Links, page: Ending, clock: ManualClock
) -> None:
    links.add_to(server)
    async with serve(server) as session, session.get(path_of(links, "42", clock)) as answer:
        text = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [word for word in ("<script", "src=", "http:", "https:") if word in text]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh"])
async def test_the_page_speaks_the_language_of_the_mail(
    server: WebServer,
    serve: Serve,
    links: Links,
    page: Ending,
    clock: ManualClock,
    language: str,
) -> None:
    links.add_to(server)
    path = path_of(links, "42", clock, language)
    headers = {"Accept-Language": "de, en"}
    async with serve(server) as session, session.get(path, headers=headers) as answer:
        text = await answer.text()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text


async def test_a_link_that_is_hammered_and_a_long_body_are_refused(
    server: WebServer, serve: Serve, links: Links, page: Ending, clock: ManualClock
) -> None:
    links.add_to(server)
    path = path_of(links, "42", clock)
    async with serve(server) as session:
        async with session.post(path, data=b"x" * (BODY + 1)) as answer:
            assert answer.status == 413
        statuses = []
        for _ in range(BURST + 2):
            async with session.get(path) as answer:
                statuses.append(answer.status)
        async with session.get(path_of(links, "43", clock)) as answer:
            assert answer.status == 200
        assert page.used == []
        # Whoever looks that often, a scanner perhaps, keeps no reader from pressing.
        async with session.post(path) as answer:
            assert answer.status == 200
    assert statuses == [200] * BURST + [429, 429]
    assert len(page.shown) == BURST + 1
    assert page.used == ["42"]


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
    assert unsubscribe_headers("http://x.org/l/stop/t") == unsubscribe_headers(None) == {}
