"""Where a person is written to: the chat they chose, else their first account."""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.events import Author, ConversationRef, Platform
from bot.store import Database
from bot.store.person_address import ADDRESS_COLUMNS, address_of
from bot.store.schema import account, person
from tests.clock import ManualClock
from tests.databases import on_both

pytestmark = on_both


async def somebody(database: Database, clock: ManualClock, *accounts: tuple[Platform, str]) -> int:
    """A person with these accounts, met in this order."""
    async with database.begin() as store:
        first, *others = accounts
        author = Author(platform=first[0], id=first[1], name="Ana", locale="fr")
        member = await store.people.recognise(author, clock.now())
        for platform, number in others:
            await store.connection.execute(
                account.insert().values(
                    platform=platform, account_id=number, person_id=member.id, name="Ana"
                )
            )
        return int(member.id)


async def address(database: Database, number: int) -> tuple[ConversationRef | None, str | None]:
    """Where to write, and what the platform says of the language."""
    async with database.connect() as connection:
        query = select(*ADDRESS_COLUMNS).where(person.c.id == number)
        row = (await connection.execute(query)).one()
        return address_of(row), row.first_locale


async def test_without_a_choice_telegram_goes_before_discord(
    database: Database, clock: ManualClock
) -> None:
    number = await somebody(database, clock, ("discord", "7"), ("telegram", "42"))
    where, _ = await address(database, number)
    assert where == ConversationRef(platform="telegram", chat_id="42")


async def test_on_discord_alone_the_account_stands_for_its_chat(
    database: Database, clock: ManualClock
) -> None:
    number = await somebody(database, clock, ("discord", "7"))
    where, locale = await address(database, number)
    assert where is not None
    assert where.platform == "discord"
    assert where.chat_id.endswith("7")
    assert where.chat_id != "7", "it is no number of a channel"
    assert locale == "fr"


async def test_the_chat_that_was_chosen_goes_before_all(
    database: Database, clock: ManualClock
) -> None:
    number = await somebody(database, clock, ("telegram", "42"), ("discord", "7"))
    async with database.connect() as connection:
        chosen = person.update().where(person.c.id == number)
        await connection.execute(chosen.values(home_platform="discord", home_chat="900"))
    where, _ = await address(database, number)
    assert where == ConversationRef(platform="discord", chat_id="900")


async def test_an_address_of_mail_alone_is_no_chat(database: Database, clock: ManualClock) -> None:
    number = await somebody(database, clock, ("email", "ana@example.org"))
    assert await address(database, number) == (None, None)


async def test_nobody_gets_anothers_address(database: Database, clock: ManualClock) -> None:
    ana = await somebody(database, clock, ("telegram", "42"))
    bob = await somebody(database, clock, ("telegram", "43"))
    for number, chat in ((ana, "42"), (bob, "43")):
        where, _ = await address(database, number)
        assert where == ConversationRef(platform="telegram", chat_id=chat)
