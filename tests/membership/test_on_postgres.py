"""The statements of membership on PostgreSQL, where a server can be had."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from bot.chat.messages import Message
from bot.chat.turn import Role
from bot.config_members import RetentionSettings
from bot.delivery.housekeeping import Housekeeping
from bot.delivery.mailing import Mailing
from bot.mail import Letter
from bot.store.schema import person
from tests.databases import on_postgres
from tests.membership.journeys import join, modal
from tests.membership.test_linking import code_of
from tests.stage import Stage

pytestmark = on_postgres


class Silent:
    async def send(self, letter: Letter) -> None:
        self.text = letter.text


async def test_a_whole_membership(stage: Stage) -> None:
    database, clock = stage.database, stage.clock
    ana, other = stage.persona("Ana"), stage.persona("ana", platform="discord")
    chief = stage.persona("Chief", role=Role.SECRETARIAT)
    await join(ana)
    mails = Silent()
    assert await Mailing(database=database, clock=clock, transport=mails).send_due() == 1
    code = "".join(sign for sign in mails.text if sign.isdigit())
    await ana.says(f"/confirm {code}")
    ana.sees("is confirmed")
    await ana.says("/contact")
    await ana.says("Is my well safe?")
    await other.says("/start")
    await other.says(f"/link {await code_of(ana)}")
    await other.presses("Yes, link")
    for text, words in {
        "/members": "1 record",
        "/members country:kenya": "Ana",
        "/members stats": "Kenya: 1",
        "/members duplicates": "No two records",
        "/members audit": "stats",
    }.items():
        await chief.says(text)
        chief.sees(words)
    await other.says("/me")
    other.sees("ana@example.org (confirmed)")
    await other.says("/export")
    await other.says("/forget")
    await other.presses("Yes, erase")
    other.sees("Done:")
    await Housekeeping(database=database, clock=clock, retention=RetentionSettings()).clean()
    await chief.says("/members")
    chief.sees("No member fits")
    await chief.says("/questions")
    chief.sees("No question is open")


async def test_marks_words_to_be_told_and_what_questions_teach(stage: Stage) -> None:
    chief = stage.persona("Chief", role=Role.SECRETARIAT)
    ana = stage.persona("Ana", platform="discord")
    for _ in range(2):
        await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
        await ana.presses("Yes, I join")
        await ana.says("/leave")
        await ana.presses("Yes, leave")
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    now = stage.clock.now()
    async with stage.database.begin() as store:
        (mark,) = await store.badges.due("discord", now, 5)
        assert mark.is_wanted
        await store.badges.settle(mark, "given")
        await store.badges.came_in(ana.author, now)
        (again,) = await store.badges.due("discord", now, 5)
        assert again.version > mark.version
        await store.notices.add(1, "member:1:x", Message(text="You are a member."), now)
    await ana.says("/about")
    ana.sees("You are a member.")
    await ana.says("brass bands of quokkas")
    await chief.says("/teach")
    await chief.presses("Look at the unanswered")
    await chief.presses("No article answers this")
    await chief.says("/report")
    chief.sees("Not found: 1")
    await chief.says("/members consent:yes")
    chief.sees("1 record")
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    ana.sees("Done:")


async def test_two_gateways_meet_the_same_new_person_at_once(stage: Stage) -> None:
    ana, now = stage.persona("Ana").author, stage.clock.now()
    async with stage.database.begin() as one:
        first = await one.people.recognise(ana, now)

        async def meet() -> int:
            async with stage.database.begin() as other:
                return (await other.people.recognise(ana, now)).id

        # It has inserted its own person and waits for the account that this transaction holds.
        second = asyncio.create_task(meet())
        _, waiting = await asyncio.wait((second,), timeout=1)
        assert waiting
    assert await second == first.id
    async with stage.database.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(person)) == 1
