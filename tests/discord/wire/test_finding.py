"""Looking for a message that may have been sent, in what the wire tells of a channel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.adapters.discord.adapter import DiscordAdapter
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage
from bot.delivery.doubts import History
from tests.discord.wire.conftest import Line
from tests.discord.wire.payloads import bot_user, message, user
from tests.discord.wire.server import Fault

GET = r"/channels/\d+/messages$"
NEWS = Message(text="The **workshop** is on Monday.\n\nSee https://example.org")
LONG = Message(text="\n\n".join(f"Chapter {n}. " + "soil " * 700 for n in range(3)))
CHANNEL = 77


def _said(words: Any, *, ago: float = 0.0, author: dict[str, Any] | None = None) -> dict[str, Any]:
    body = words if isinstance(words, dict) else {"content": words}
    made = message(CHANNEL, author or bot_user(), body, [])
    if ago:
        # A message's number holds its time.
        milliseconds = (int(made["id"]) >> 22) - int(ago * 1000)
        made["id"] = str(milliseconds << 22)
    return made


def _show(line: Line, *said: dict[str, Any]) -> None:
    """The channel's last messages, the youngest first."""
    line.server.faults.append(Fault(method="GET", path=GET, status=200, body=cast(Any, [*said])))


async def _look(
    line: Line,
    wanted: Message | None = NEWS,
    *,
    is_private: bool = False,
    taken: Collection[str] = (),
) -> SentMessage | None:
    to = ConversationRef(platform="discord", chat_id=str(CHANNEL), is_private=is_private)
    since = datetime.now(UTC) - timedelta(minutes=5)

    async def others(ids: Collection[str]) -> Collection[str]:
        return {*ids} & {*taken}

    history: History = line.adapter
    return await history.find_sent(to, wanted, nonce="n", since=since, others=others)


async def _sent(line: Line, wanted: Message) -> list[dict[str, Any]]:
    """What Discord keeps of a message that is sent, the oldest first."""
    line.server.add_channel(CHANNEL)
    to = ConversationRef(platform="discord", chat_id=str(CHANNEL), is_private=False)
    await line.adapter.send(to, wanted)
    return line.server.messages[CHANNEL]


def test_delivery_knows_that_discord_can_look() -> None:
    assert issubclass(DiscordAdapter, History)


@pytest.mark.parametrize("wanted", [NEWS, LONG], ids=["plain", "long"])
async def test_what_was_sent_is_found_by_its_words(line: Line, wanted: Message) -> None:
    kept = await _sent(line, wanted)
    preview = {"type": "link", "url": "https://example.org", "title": "Example"}
    kept[-1]["embeds"] = [*kept[-1]["embeds"], preview]
    _show(line, _said("something else"), *reversed(kept))
    found = await _look(line, wanted)
    assert found is not None
    assert found.parts == tuple(each["id"] for each in kept)
    assert found.message_id == kept[-1]["id"]


async def test_blanks_that_discord_trims_are_no_difference(line: Line) -> None:
    (kept,) = await _sent(line, NEWS)
    _show(line, _said(kept["content"].replace("\n\n", " \n\n") + "\n"))
    assert await _look(line) is not None


async def test_what_others_said_and_what_is_different_is_not_it(line: Line) -> None:
    kept = await _sent(line, NEWS)
    _show(line, _said("other news"), _said(kept[0]["content"], author=user(5, "Ben")))
    assert await _look(line) is None


async def test_an_empty_channel_may_be_one_that_may_not_be_read(line: Line) -> None:
    _show(line)
    with pytest.raises(Undeliverable):
        await _look(line)
    _show(line)
    assert await _look(line, is_private=True) is None


async def test_the_same_words_from_before_are_no_proof(line: Line) -> None:
    (kept,) = await _sent(line, NEWS)
    _show(line, _said(kept["content"], ago=1800))
    with pytest.raises(Undeliverable):
        await _look(line)
    _show(line, _said(kept["content"], ago=3 * 3600))
    assert await _look(line) is None


async def test_what_is_known_to_be_another_message_is_not_it(line: Line) -> None:
    (kept,) = await _sent(line, NEWS)
    twin = _said(kept["content"], ago=60)
    _show(line, twin)
    assert await _look(line, taken=[twin["id"]]) is None
    _show(line, kept, twin)
    found = await _look(line, taken=[twin["id"]])
    assert found is not None
    assert found.message_id == kept["id"]
    # Of two that nobody knows, the oldest: each row that says the same takes one.
    _show(line, kept, twin)
    found = await _look(line)
    assert found is not None
    assert found.message_id == twin["id"]


async def test_an_earlier_one_of_another_is_no_reason_to_doubt(line: Line) -> None:
    (kept,) = await _sent(line, NEWS)
    earlier = _said(kept["content"], ago=1800)
    _show(line, kept, earlier)
    found = await _look(line, taken=[earlier["id"]])
    assert found is not None
    assert found.message_id == kept["id"]


async def test_of_another_that_has_several_parts_none_counts(line: Line) -> None:
    kept = await _sent(line, LONG)
    ids = [each["id"] for each in kept]
    _show(line, *reversed(kept))
    assert await _look(line, LONG, taken=ids) is None
    twins = [_said({"content": each["content"], "embeds": each["embeds"]}) for each in kept]
    _show(line, *reversed(twins), *reversed(kept))
    found = await _look(line, LONG, taken=ids)
    assert found is not None
    assert found.parts == tuple(each["id"] for each in twins)
    _show(line, twins[0], *reversed(kept))
    with pytest.raises(Undeliverable):
        await _look(line, LONG, taken=ids)


async def test_parts_that_say_the_same_are_counted(line: Line) -> None:
    wanted = Message(text="\n\n".join(["soil " * 800] * 2))
    kept = await _sent(line, wanted)
    assert len(kept) == 2
    assert kept[0]["embeds"] == kept[1]["embeds"]
    _show(line, kept[0])
    with pytest.raises(Undeliverable):
        await _look(line, wanted)
    _show(line, *reversed(kept))
    found = await _look(line, wanted)
    assert found is not None
    assert found.parts == tuple(each["id"] for each in kept)


async def test_a_part_of_it_is_not_all_of_it(line: Line) -> None:
    kept = await _sent(line, LONG)
    _show(line, kept[0])
    with pytest.raises(Undeliverable):
        await _look(line, LONG)


async def test_where_the_words_are_not_known_only_silence_tells(line: Line) -> None:
    _show(line, _said("hello", author=user(5, "Ben")))
    assert await _look(line, None) is None
    said = _said("anything")
    _show(line, said)
    with pytest.raises(Undeliverable):
        await _look(line, None)
    _show(line, said)
    assert await _look(line, None, taken=[said["id"]]) is None


async def test_where_much_was_said_a_few_pages_are_read(line: Line) -> None:
    chatter = [_said(f"word {n}", author=user(5, "Ben")) for n in range(100)]
    (kept,) = await _sent(line, NEWS)
    _show(line, *chatter)
    _show(line, kept)
    assert await _look(line) is not None
    for _ in range(5):
        _show(line, *chatter)
    with pytest.raises(Undeliverable):
        await _look(line)


@pytest.mark.parametrize(("status", "error"), [(500, Ambiguous), (429, RateLimited)])
async def test_what_goes_wrong_is_told_in_our_words(
    line: Line, status: int, error: type[DeliveryError]
) -> None:
    body = {"message": "no", "retry_after": 2.0}
    line.server.faults.append(Fault(method="GET", path=GET, status=status, body=body))
    with pytest.raises(error):
        await _look(line)
