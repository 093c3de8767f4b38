"""The links in mails with codes: a press confirms, a press ends such mails, a look does nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from sqlalchemy import select

from bot.commands.letter_links import SignedLinks, letter_links
from bot.config import Settings
from bot.config_members import MembershipSettings
from bot.config_operations import WebSettings
from bot.delivery.mailing import Mailing
from bot.mail import Letter
from bot.store.schema import delivery
from bot.web.server import WebServer
from tests.databases import on_both
from tests.membership.journeys import join, settings_with
from tests.membership.test_confirming import Postbox, confirmed
from tests.stage import Stage
from tests.web.conftest import Serve, serve

__all__ = ["serve"]

HOST = "https://insop.example.org"
WEB = WebSettings(public_url=HOST, port=0)


class Office:
    """The assistant with its mails and its web pages."""

    def __init__(self, stage: Stage, serve: Serve) -> None:
        self.stage = stage
        self.postbox = Postbox()
        self._serve = serve
        self._links: SignedLinks | None = None

    @asynccontextmanager
    async def open(self, settings: Settings | None = None) -> AsyncIterator[aiohttp.ClientSession]:
        self.stage.restart(settings or settings_with(web=WEB))
        self._links = await letter_links(self.stage.app)
        server = WebServer(WEB, self.stage.clock)
        assert self._links is not None
        self._links.links.add_to(server)
        async with self._serve(server) as session:
            yield session

    async def sends(self) -> Letter:
        mailing = Mailing(
            database=self.stage.database,
            clock=self.stage.clock,
            transport=self.postbox,
            links=self._links,
        )
        await mailing.send_due()
        return self.postbox.letters[-1]


@pytest.fixture
def office(stage: Stage, serve: Serve) -> Office:
    return Office(stage, serve)


def link(letter: Letter, purpose: str) -> str:
    found = re.search(rf"{HOST}(/l/{purpose}/\S+)", letter.text)
    assert found is not None, letter.text
    return found[1]


async def told(stage: Stage) -> list[str]:
    async with stage.database.connect() as connection:
        rows = await connection.execute(select(delivery.c.payload, delivery.c.chat_id))
    return [f"{row.chat_id}: {row.payload}" for row in rows]


@on_both
async def test_a_press_confirms_once_and_the_chat_is_told(stage: Stage, office: Office) -> None:
    async with office.open() as session:
        ana = stage.persona("Ana")
        await join(ana)
        letter = await office.sends()
        path = link(letter, "confirm")
        async with session.get(path) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "Ana" in text
            assert "Telegram" in text
            assert "ana@example.org" in text
        assert not await confirmed(stage)
        async with session.post(path) as answer:
            assert "ana@example.org is confirmed" in await answer.text()
        assert await confirmed(stage)
        async with session.post(path) as answer:
            assert "confirmed already" in await answer.text()
    (row,) = [row for row in await told(stage) if "is confirmed" in row]
    assert row.startswith("telegram-Ana:")
    async with stage.database.begin() as store:
        history = [each.purpose for each in await store.consents.history(1)]
    assert history.count("email") == 1
    await ana.says(f"/confirm {office.postbox.code}")
    ana.sees("confirmed already")


@on_both
async def test_of_presses_at_once_and_the_code_only_one_counts(
    stage: Stage, office: Office
) -> None:
    async def press(session: aiohttp.ClientSession, path: str) -> str:
        async with session.post(path) as answer:
            return await answer.text()

    async with office.open() as session:
        ana = stage.persona("Ana")
        await join(ana)
        path = link(await office.sends(), "confirm")
        *said, _ = await asyncio.gather(
            *(press(session, path) for _ in range(4)),
            ana.says(f"/confirm {office.postbox.code}"),
        )
    assert sum("confirmed already" in str(each) for each in said) >= 3
    async with stage.database.begin() as store:
        history = [each.purpose for each in await store.consents.history(1)]
    assert history.count("email") == 1


@on_both
async def test_a_link_ends_with_its_code(stage: Stage, office: Office) -> None:
    async with office.open() as session:
        ana = stage.persona("Ana")
        await join(ana)
        first = link(await office.sends(), "confirm")
        await ana.says("/me")
        await ana.presses("Send the code again")
        second = link(await office.sends(), "confirm")
        async with session.post(first) as answer:
            assert answer.status == 404
        stage.clock.advance(601)
        async with session.post(second) as answer:
            assert answer.status == 404
    assert not await confirmed(stage)


async def test_after_being_forgotten_or_a_changed_address_a_press_does_nothing(
    stage: Stage, office: Office
) -> None:
    async with office.open() as session:
        ana, ben = stage.persona("Ana"), stage.persona("Ben")
        await join(ana)
        of_ana = link(await office.sends(), "confirm")
        await ana.says("/forget")
        await ana.presses("Yes, erase")
        await join(ben, name="Ben", email="ben@example.org")
        of_ben = link(await office.sends(), "confirm")
        await ben.says("/me")
        await ben.presses("Change something")
        await ben.presses("E-mail")
        await ben.says("other@example.org")
        for path in (of_ana, of_ben):
            async with session.post(path) as answer:
                assert answer.status == 404
    assert not await confirmed(stage, 2)


async def test_membership_that_waits_for_the_address_begins_with_the_press(
    stage: Stage, office: Office
) -> None:
    settings = settings_with(web=WEB, membership=MembershipSettings(email="required"))
    async with office.open(settings) as session:
        await join(stage.persona("Ana"))
        async with session.post(link(await office.sends(), "confirm")) as answer:
            assert answer.status == 200
    async with stage.database.begin() as store:
        member = await store.memberships.get(1)
    assert member is not None
    assert member.state == "member"
    assert any("member of the network now" in row for row in await told(stage))


@on_both
async def test_one_click_ends_such_mails_and_can_be_taken_back(
    stage: Stage, office: Office
) -> None:
    async with office.open() as session:
        ana = stage.persona("Ana")
        await join(ana)
        letter = await office.sends()
        assert letter.stop == HOST + link(letter, "stop")
        async with session.get(link(letter, "stop")) as answer:
            assert "Shall I send no more codes" in await answer.text()
        async with session.post(link(letter, "stop"), data="List-Unsubscribe=One-Click") as answer:
            page = await answer.text()
            assert answer.status == 200
        await ana.says("/me")
        await ana.presses("Send the code again")
        ana.sees("wants no codes")
        back = re.search(r'action="\.\.(/resume/[^"]+)"', page)
        assert back is not None
        async with session.post("/l" + back[1].replace("&amp;", "&")) as answer:
            assert "again" in await answer.text()
        await ana.says("/me")
        await ana.presses("Send the code again")
        ana.sees("I am sending a code")


async def test_a_no_is_looked_at_again_before_the_mail_leaves(stage: Stage, office: Office) -> None:
    async with office.open() as session:
        ana = stage.persona("Ana")
        await join(ana)
        letter = await office.sends()
        await ana.says("/me")
        await ana.presses("Send the code again")
        async with session.post(link(letter, "stop")):
            pass
        assert await office.sends() is letter


async def test_a_no_stays_when_somebody_else_is_forgotten_and_goes_with_its_owner(
    stage: Stage, office: Office
) -> None:
    """Whoever names another's address cannot lift that other's no by being forgotten."""

    async def is_refused() -> bool:
        async with stage.database.begin() as store:
            return await store.letters.is_refused("ana@example.org", "code", stage.clock.now())

    async with office.open() as session:
        eve, ana = stage.persona("Eve"), stage.persona("Ana")
        await join(eve, name="Eve")
        letter = await office.sends()
        async with session.post(link(letter, "stop")):
            pass
        await eve.says("/forget")
        await eve.presses("Yes, erase")
        assert await is_refused()
        async with stage.database.begin() as store:
            mark = await store.letters.mark("Ana@example.org", stage.clock.now())
            await store.letters.allow(mark, "code")
        await join(ana)
        async with session.post(link(await office.sends(), "confirm")):
            pass
        async with session.post(link(letter, "stop")):
            pass
        assert await is_refused()
        async with stage.database.begin() as store:
            (found,) = await store.memberships.by_email("ana@example.org")
            assert "letter_refusal" in await store.export(found.person_id)
        await ana.says("/forget")
        await ana.presses("Yes, erase")
        assert not await is_refused()


async def test_without_a_web_address_the_mail_holds_the_code_alone(
    stage: Stage, office: Office
) -> None:
    assert await letter_links(stage.app) is None
    await join(stage.persona("Ana"))
    letter = await office.sends()
    assert "http" not in letter.text
    assert letter.stop is None
