"""The threads of questions at the desks while the platform refuses, hurries us or loses them."""

from __future__ import annotations

from collections import deque

import pytest

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import ConversationRef
from bot.commands.desk_tasks import relay_of
from bot.delivery.threading import TRIES, Threads
from bot.store import Database
from bot.store.desk_threads import DeskThread
from tests.clock import ManualClock
from tests.desk.people import DESK, desk_library, settings
from tests.stage import Persona, Stage


class Keeper:
    """Makes topics numbered from 1; ``errors`` are raised first, ``cannot`` makes none at all."""

    def __init__(self) -> None:
        self.errors: deque[DeliveryError] = deque()
        self.made: list[str] = []
        self.shown: dict[str, str] = {}
        self.closed: set[str] = set()
        self.cannot = False

    async def open_thread(self, desk: ConversationRef, title: str) -> ConversationRef | None:
        self._fail()
        if self.cannot:
            return None
        self.made.append(title)
        number = str(len(self.made))
        self.shown[number] = title
        return ConversationRef(
            platform="telegram", chat_id=desk.chat_id, thread_id=number, is_private=False
        )

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        self._fail()
        if thread.thread_id not in self.shown:
            raise Undeliverable("deleted")
        self.shown[thread.thread_id] = title
        (self.closed.add if is_closed else self.closed.discard)(thread.thread_id)

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.popleft()


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    """With a forum group and a Discord channel as desks."""
    return Stage(database, clock, desk_library(), settings())


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def threads(stage: Stage, keeper: Keeper) -> Threads:
    """Those of Telegram."""
    return Threads(
        database=stage.database,
        clock=stage.clock,
        platform="telegram",
        keeper=keeper,
        relay=relay_of(stage.app),
    )


async def asks(stage: Stage, words: str) -> None:
    """Somebody new asks a person."""
    ana: Persona = stage.persona(f"Ana {words[:8]}")
    await ana.says("/contact")
    await ana.says(words)
    ana.sees("has the number")


async def place(stage: Stage, number: int = 1) -> DeskThread:
    """Where a question stands on Telegram."""
    async with stage.database.begin() as store:
        found = await store.desk_threads.of(number)
    return next(each for each in found if each.platform == "telegram")


async def waiting(stage: Stage) -> list[tuple[str, str]]:
    """Chats and topics of Telegram's desk for which something is in the outbox."""
    async with stage.database.connect() as connection:
        rows = await connection.exec_driver_sql(
            f"SELECT chat_id, thread_id FROM delivery WHERE chat_id = '{DESK}' ORDER BY id"
        )
        return [(row[0], row[1]) for row in rows]


async def test_a_question_gets_its_topic_and_its_words(
    stage: Stage, threads: Threads, keeper: Keeper
) -> None:
    await asks(stage, "Is my well safe?")
    assert await waiting(stage) == []
    assert await threads.step() == 1
    assert keeper.made == ["#1 Is my well safe?"]
    assert await waiting(stage) == [(str(DESK), "1")]
    assert await threads.step() == 0, "nothing differs any more"


async def test_where_no_topics_can_be_made_the_desk_is_shared(
    stage: Stage, threads: Threads, keeper: Keeper
) -> None:
    keeper.cannot = True
    await asks(stage, "Is my well safe?")
    await threads.step()
    assert not (await place(stage)).has_thread
    assert await waiting(stage) == [(str(DESK), "")]
    assert await threads.step() == 0


async def test_too_fast_stops_all_new_topics_for_as_long_as_told(
    stage: Stage, threads: Threads, keeper: Keeper, clock: ManualClock
) -> None:
    await asks(stage, "Is my well safe?")
    await asks(stage, "And the eggs?")
    keeper.errors.append(RateLimited(30.0))
    assert await threads.step() == 0
    clock.advance(29)
    assert await threads.step() == 0
    assert keeper.made == []
    clock.advance(2)
    assert await threads.step() == 2
    assert keeper.made == ["#1 Is my well safe?", "#2 And the eggs?"]


async def test_a_rename_that_must_wait_holds_up_no_other(
    stage: Stage, threads: Threads, keeper: Keeper, clock: ManualClock
) -> None:
    await asks(stage, "Is my well safe?")
    await threads.step()
    async with stage.database.begin() as store:
        await store.desk_threads.rename(1, "✅ #1 Is my well safe?", clock.now())
    await asks(stage, "And the eggs?")
    keeper.errors.append(RateLimited(600.0))
    await threads.step()
    assert keeper.shown == {"1": "#1 Is my well safe?", "2": "#2 And the eggs?"}
    clock.advance(300)
    await threads.step()
    assert keeper.closed == set()
    clock.advance(301)
    await threads.step()
    assert keeper.shown["1"] == "✅ #1 Is my well safe?"
    assert keeper.closed == {"1"}


async def test_a_topic_that_somebody_deleted_comes_back_with_the_words(
    stage: Stage, threads: Threads, keeper: Keeper, clock: ManualClock
) -> None:
    await asks(stage, "Is my well safe?")
    await threads.step()
    del keeper.shown["1"]
    async with stage.database.begin() as store:
        await store.desk_threads.rename(1, "✍️ #1 Is my well safe?", clock.now())
    await threads.step()
    assert keeper.shown == {"2": "✍️ #1 Is my well safe?"}
    assert (await place(stage)).where.thread_id == "2"
    assert (str(DESK), "2") in await waiting(stage)


@pytest.mark.parametrize("error", [Undeliverable("no right"), RecipientGone("gone")])
async def test_after_some_refusals_the_question_is_seen_in_the_chat_of_the_desk(
    stage: Stage, threads: Threads, keeper: Keeper, error: DeliveryError
) -> None:
    keeper.errors.extend([error] * TRIES)
    await asks(stage, "Is my well safe?")
    for _ in range(TRIES - 1):
        await threads.step()
        assert await waiting(stage) == []
    await threads.step()
    assert await waiting(stage) == [(str(DESK), "")]
    assert not (await place(stage)).has_thread
    assert await threads.step() == 0


async def test_a_success_between_refusals_begins_the_count_anew(
    stage: Stage, threads: Threads, keeper: Keeper
) -> None:
    keeper.errors.extend([Undeliverable("x")] * (TRIES - 1))
    await asks(stage, "Is my well safe?")
    for _ in range(TRIES):
        await threads.step()
    assert keeper.made == ["#1 Is my well safe?"]
    assert (await place(stage)).tries == 0


async def test_without_an_answer_from_the_platform_it_is_tried_on(
    stage: Stage, threads: Threads, keeper: Keeper
) -> None:
    keeper.errors.extend([Ambiguous("no answer")] * (TRIES + 2))
    await asks(stage, "Is my well safe?")
    for _ in range(TRIES + 3):
        await threads.step()
    assert keeper.made == ["#1 Is my well safe?"]
    assert (await place(stage)).has_thread


async def test_what_was_forgotten_meanwhile_is_not_written_anywhere(
    stage: Stage, threads: Threads
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.says("Is my well safe?")
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    await threads.step()
    assert await waiting(stage) == []
