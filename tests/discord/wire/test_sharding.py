"""Several shards on one wire: who hears what, and what happens when one of them is lost."""

from __future__ import annotations

from collections.abc import Callable

import discord
import pytest

from tests.discord.doubles import BusyClock
from tests.discord.wire.conftest import Line
from tests.discord.wire.payloads import guild, snowflake

SHARDS = 2


@pytest.fixture
def clock() -> BusyClock:
    return BusyClock()


async def start(make_line: Callable[..., Line], *, at_once: int = SHARDS) -> Line:
    """A line with all its shards connected; so many of them may begin at the same time."""
    line = make_line()
    gateway = line.server.gateway
    gateway.shards = SHARDS
    gateway.limits["max_concurrency"] = at_once
    await line.start()
    await gateway.connected(SHARDS)
    return line


def server_of(shard: int) -> int:
    """The id of a new server whose events come by ``shard``."""
    return (snowflake() >> 23 << 23) + (shard << 22)


async def join(line: Line, shard: int) -> tuple[int, int]:
    """Discord tells of a server with one channel; the ids of both."""
    server_id, channel_id = server_of(shard), snowflake()
    line.server.add_channel(channel_id)
    told = guild(server_id, channel_id)
    await line.server.gateway.tell("GUILD_CREATE", told, shard=shard)
    return server_id, channel_id


async def test_there_are_as_many_shards_as_discord_recommends(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = await start(make_line)
    assert line.server.gateway.shard_log == [("identify", 0), ("identify", 1)]
    assert clock.slept == []
    await line.finish()
    assert not line.server.gateway.is_live


async def test_shards_that_may_not_begin_together_wait_for_each_other(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = await start(make_line, at_once=1)
    assert clock.slept == [5.0]
    await line.finish()


async def test_no_session_is_begun_above_what_is_left_of_the_day(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = make_line()
    gateway = line.server.gateway
    gateway.shards = SHARDS
    gateway.limits |= {"max_concurrency": SHARDS, "remaining": 1, "reset_after": 7_200_000}
    await line.start()
    await gateway.connected(SHARDS)
    assert clock.slept == [7200.0]
    await line.finish()


async def test_servers_are_heard_by_their_shard_and_people_by_the_first(
    make_line: Callable[..., Line],
) -> None:
    line = await start(make_line)
    places = [await join(line, shard) for shard in range(SHARDS)]
    for server_id, channel_id in places:
        await line.ana.mentions(channel_id, server_id, "how deep?")
    await line.ana.says("and in private?")
    events = await line.core.heard(SHARDS + 1)
    wanted = {str(channel_id) for _, channel_id in places} | {str(line.ana.channel_id)}
    assert {event.conversation.chat_id for event in events} == wanted
    client = line.adapter.client
    assert {each.id for each in client.guilds} == {server_id for server_id, _ in places}
    for server_id, channel_id in places:
        channel = client.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.guild.id == server_id
    await line.finish()


async def test_a_shard_that_is_dropped_resumes_while_the_other_goes_on(
    make_line: Callable[..., Line],
) -> None:
    line = await start(make_line)
    server_id, channel_id = await join(line, 1)
    gateway = line.server.gateway
    await gateway.close(4000, shard=1)
    await line.ana.says("are you there?")
    await line.core.heard(1)
    await gateway.connected(SHARDS + 1)
    assert gateway.shard_log[SHARDS:] == [("resume", 1)]
    await line.ana.mentions(channel_id, server_id, "and here?")
    await line.core.heard(2)
    assert line.adapter.client.is_whole
    await line.finish()


async def test_a_shard_whose_session_is_lost_begins_a_new_one_alone(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = await start(make_line)
    gateway = line.server.gateway
    await gateway.invalidate(shard=1)
    await gateway.connected(SHARDS + 1)
    assert gateway.shard_log[SHARDS:] == [("identify", 1)]
    assert clock.slept == [5.0]
    await line.ana.says("still there?")
    await line.core.heard(1)
    await line.finish()
