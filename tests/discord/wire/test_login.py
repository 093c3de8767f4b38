"""Login and the gateway: starting, failing plainly, reconnecting, stopping cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import discord
import pytest
from aiohttp.test_utils import unused_port

from bot.adapters.discord.replaying import to_raw
from bot.chat.errors import StartupError
from bot.chat.events import MemberJoined, MessageReceived
from bot.chat.messages import Message
from bot.chat.ports import Clock
from tests.discord.doubles import BusyClock, ListInbox
from tests.discord.wire.conftest import Line
from tests.discord.wire.payloads import guild, snowflake
from tests.discord.wire.server import Fault, WireServer


@pytest.fixture
def clock() -> Clock:
    return BusyClock()


async def test_it_starts_hears_and_stops(line: Line) -> None:
    line.core.reply = Message(text="Hello")
    message_id = await line.ana.says("hi")
    await line.server.until(lambda: line.server.messages[line.ana.channel_id])
    (event,) = line.core.events
    assert isinstance(event, MessageReceived)
    assert event.message_id == message_id
    # Guilds, messages in them, direct messages: nothing that needs Discord's permission.
    assert line.server.gateway.identified["intents"] == 1 << 0 | 1 << 9 | 1 << 12
    await line.finish()
    assert line.adapter.client.is_closed()
    left = {task.get_name() for task in asyncio.all_tasks() if "_delay_ready" in repr(task)}
    assert left == set()


async def test_the_commands_are_sent_once(line: Line) -> None:
    assert len(line.server.made("PUT", "/commands$")) == 1
    assert {command["name"] for command in line.server.commands} == {
        "ask",
        "help",
        "leave",
        "desk",
        "Ask the assistant",
    }


async def test_commands_can_be_left_alone(make_line: Callable[..., Line]) -> None:
    line = make_line(sync_commands=False)
    await line.start()
    assert line.server.made("PUT", "/commands$") == []
    await line.finish()


async def test_refused_commands_do_not_keep_it_from_starting(
    make_line: Callable[..., Line], server: WireServer
) -> None:
    server.faults.append(
        Fault(method="PUT", path="/commands$", status=400, body={"code": 50035, "message": "no"})
    )
    line = make_line()
    await line.start()
    line.core.reply = Message(text="Hello")
    await line.ana.says("hi")
    await line.core.heard(1)
    await line.finish()


async def test_a_wrong_token_is_one_plain_sentence(make_line: Callable[..., Line]) -> None:
    line = make_line(token="wrong")
    with pytest.raises(StartupError, match=r"Discord refuses the token; .*INSOP_DISCORD_TOKEN"):
        await line.start()
    assert line.adapter.client.is_closed()


async def test_no_token_is_one_plain_sentence(make_line: Callable[..., Line]) -> None:
    line = make_line(token=None)
    with pytest.raises(StartupError, match="needs a token"):
        await line.start()


async def test_an_answer_that_is_not_discords_is_one_plain_sentence(
    make_line: Callable[..., Line], server: WireServer
) -> None:
    server.faults.append(Fault(method="GET", path="/users/@me$", status=200, body="a page"))
    line = make_line()
    with pytest.raises(StartupError, match="is not Discord"):
        await line.start()


async def test_a_token_taken_back_later_ends_it(line: Line) -> None:
    await line.server.gateway.close(4004)
    assert line.running is not None
    with pytest.raises(StartupError, match="refuses the token"):
        await line.running
    line.running = None


@pytest.mark.parametrize("code", [4011, 4013, 4014])
async def test_other_fatal_codes_are_told(line: Line, code: int) -> None:
    await line.server.gateway.close(code)
    assert line.running is not None
    with pytest.raises(StartupError):
        await line.running
    line.running = None


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_passing_failure_at_login_is_waited_out(
    make_line: Callable[..., Line], server: WireServer, clock: BusyClock, status: int
) -> None:
    body = {"message": "later", "retry_after": 9.0}
    server.faults.append(Fault(method="GET", path="/users/@me$", status=status, body=body, times=2))
    line = make_line()
    await line.start()
    assert clock.slept == ([9.0, 9.0] if status == 429 else [1.0, 2.0])
    await line.finish()


async def test_a_server_that_is_not_there_is_one_plain_sentence(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = make_line(api_url=f"http://127.0.0.1:{unused_port()}/api/v10")
    with pytest.raises(StartupError, match="cannot be reached at http"):
        await line.start()
    assert sum(clock.slept) == 1 + 2 + 4 + 8 + 16


async def test_a_login_that_is_forbidden_is_not_repeated(
    make_line: Callable[..., Line], server: WireServer, clock: BusyClock
) -> None:
    server.faults.append(Fault(method="GET", path="/users/@me$", status=403, times=9))
    with pytest.raises(StartupError, match="status 403"):
        await make_line().start()
    assert clock.slept == []


async def test_without_a_gateway_address_the_api_is_asked(make_line: Callable[..., Line]) -> None:
    line = make_line(gateway_url=None)
    await line.start()
    assert len(line.server.made("GET", "/gateway/bot$")) == 1
    await line.finish()


async def test_it_resumes_when_asked_to_reconnect(line: Line) -> None:
    await line.server.gateway.ask_to_reconnect()
    await line.server.gateway.connected(2)
    assert line.server.gateway.log == ["identify", "resume"]
    await line.ana.says("still there?")
    await line.core.heard(1)


async def test_it_identifies_again_when_the_session_is_lost(line: Line, clock: BusyClock) -> None:
    await line.server.gateway.invalidate()
    await line.server.gateway.connected(2)
    assert line.server.gateway.log == ["identify", "identify"]
    assert clock.slept == [5.0]
    await line.ana.says("still there?")
    await line.core.heard(1)


async def test_a_dropped_connection_is_resumed(line: Line) -> None:
    await line.server.gateway.close(4000)
    await line.server.gateway.connected(2)
    assert line.server.gateway.log == ["identify", "resume"]


async def test_an_event_that_cannot_be_read_is_left_out(line: Line) -> None:
    await line.server.gateway.tell("MESSAGE_CREATE", {"id": "1"})
    await line.ana.says("still there?")
    await line.core.heard(1)
    assert line.server.gateway.log == ["identify"]


async def test_a_gateway_that_cannot_be_asked_for_is_asked_again_later(
    make_line: Callable[..., Line], clock: BusyClock
) -> None:
    line = make_line()
    line.server.faults.append(Fault(method="GET", path="/gateway/bot$", status=500, times=2))
    await line.start()
    assert clock.slept == [5.0, 10.0]
    await line.ana.says("there now?")
    await line.core.heard(1)
    await line.finish()


async def test_what_a_crash_left_is_taken_up_at_the_start(make_line: Callable[..., Line]) -> None:
    first = make_line()
    await first.start()
    first.core.gate = asyncio.Event()
    message_id = await first.ana.says("answer me")
    (event,) = await first.core.heard(1)
    assert isinstance(event, MessageReceived)
    first.core.gate.set()
    await first.finish()

    inbox = ListInbox()
    await inbox.accept("discord", [(event.id, to_raw(event)), ("x", "{not json")])
    second = make_line(inbox=inbox)
    second.core.reply = Message(text="Here")
    await second.start()
    assert await second.core.heard(1) == [event]
    posts = second.server.messages[first.ana.channel_id]
    await second.server.until(lambda: posts)
    assert posts[-1]["content"] == "Here"
    assert event.id == message_id
    await second.finish()
    assert inbox.answers == [event.id]


async def test_stopping_lets_a_running_turn_finish(line: Line) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = Message(text="Done")
    await line.ana.says("slow one")
    await line.core.heard(1)
    ending = asyncio.create_task(line.finish())
    await line.server.gateway.disconnected()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not ending.done()
    line.core.gate.set()
    await ending
    assert [m["content"] for m in line.server.messages[line.ana.channel_id]] == ["Done"]


async def test_coming_into_a_server_is_told_in_its_first_channel(line: Line) -> None:
    channel_id = snowflake()
    line.server.add_channel(channel_id)
    line.core.reply = Message(text="Hello all")
    client = line.adapter.client
    known = asyncio.create_task(client.wait_for("guild_available"))
    await asyncio.sleep(0)
    await line.server.gateway.tell("GUILD_CREATE", guild(snowflake(), channel_id))
    # In its first two seconds discord.py takes every server for one that it was in before.
    await client.on_guild_join(await known)
    (event,) = await line.core.heard(1)
    assert isinstance(event, MemberJoined)
    assert event.is_bot_itself
    assert event.conversation.chat_id == str(channel_id)
    await line.server.until(lambda: line.server.messages[channel_id])
    assert line.server.messages[channel_id][0]["content"] == "Hello all"


async def test_the_author_of_a_message_that_was_deleted_after_a_restart_is_asked_for(
    line: Line,
) -> None:
    await line.ana.deletes("12345")
    (event,) = await line.core.heard(1)
    assert event.author.id == line.ana.user["id"]
    assert len(line.server.made("GET", "/channels/")) == 1


def test_two_clients_keep_their_addresses_apart(make_line: Callable[..., Line]) -> None:
    before = discord.http.Route.BASE
    make_line()
    assert discord.http.Route.BASE == before == "https://discord.com/api/v10"
