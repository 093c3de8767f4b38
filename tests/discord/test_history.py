"""Reading back what stands in a channel, page by page, from a history that is made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

from bot.adapters.discord.history import PAGE, Readable, page_before, pages_after


class Channel:
    """Holds messages with the numbers 1 to ``count``; Discord's history in small."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.requests = 0

    async def history(
        self, *, limit: int, oldest_first: bool, after: Any = None, before: Any = None
    ) -> AsyncIterator[Any]:
        self.requests += 1
        assert limit <= 100
        first = after.id + 1 if after is not None else 1
        last = min(self.count, before.id - 1 if before is not None else self.count)
        numbers = range(first, last + 1)
        for number in (numbers if oldest_first else numbers[::-1])[:limit]:
            yield SimpleNamespace(id=number)


class Endless(Channel):
    """Somebody writes faster than it is read."""

    def __init__(self) -> None:
        super().__init__(10**9)


async def read(channel: Channel, after: int, most: int) -> list[list[int]]:
    pages = pages_after(cast(Readable, channel), after, most)
    return [[message.id for message in page] async for page in pages]


async def test_more_than_a_page_comes_whole_and_in_order() -> None:
    channel = Channel(250)
    pages = await read(channel, 10, 5)
    assert [len(page) for page in pages] == [PAGE, PAGE, 40]
    assert [number for page in pages for number in page] == list(range(11, 251))
    assert channel.requests == 3


async def test_a_page_that_is_just_full_is_followed_by_an_empty_one() -> None:
    pages = await read(Channel(PAGE), 0, 5)
    assert [len(page) for page in pages] == [PAGE, 0]


async def test_a_history_that_never_ends_is_left() -> None:
    channel = Endless()
    pages = await read(channel, 0, 5)
    assert [len(page) for page in pages] == [PAGE] * 5
    assert channel.requests == 5


async def test_the_last_page_before_a_moment_begins_with_the_youngest() -> None:
    page = await page_before(cast(Readable, Channel(500)), 301)
    assert [message.id for message in page] == list(range(300, 200, -1))
