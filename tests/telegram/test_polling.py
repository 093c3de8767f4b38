"""Long polling: nothing is acknowledged before it is kept, and nothing stops the poller."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from structlog.testing import capture_logs

from bot.chat.errors import StartupError
from bot.chat.events import CommandInvoked, MessageReceived
from bot.chat.messages import Message
from tests.telegram.conftest import Stage
from tests.telegram.loopback.server import LoopbackServer

LONG_POLL, QUIET_AFTER = 30, 120.0


def texts(stage: Stage) -> list[str]:
    return [event.text for event in stage.script.events if isinstance(event, MessageReceived)]


async def test_an_update_is_kept_before_it_counts_as_received(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    async with stage.running():
        stage.inbox.is_broken = True
        await ana.says("hi")
        await stage.clock.until_sleeping(1.0)
        assert stage.inbox.failures == 1
        assert stage.script.events == []
        assert len(stage.server.world.waiting) == 1
        stage.inbox.is_broken = False
        await stage.clock.advance(1)
        await stage.server.until_received("getUpdates", 3)
    (kept,) = stage.inbox.kept.values()
    assert json.loads(kept)["message"]["text"] == "hi"
    offsets = [call.parameters.get("offset") for call in stage.server.calls("getUpdates")]
    assert offsets == [None, None, stage.server.world.last_update + 1]


async def test_an_update_twice_is_answered_once(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.script.reply = lambda event: Message(text="hello")
    async with stage.running():
        update = await ana.says("hi")
        await ana.sees("hello")
        await stage.server.world.push_raw(
            {"update_id": stage.server.world.last_update, "message": ana.state.messages[update]}
        )
        await ana.says("bye")
        await ana.sees("hello")
    assert texts(stage) == ["hi", "bye"]


async def test_an_update_twice_in_one_answer_is_answered_once(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    message = stage.server.world.add_message(ana.state, ana.user, {"text": "hi"})
    for _ in range(2):
        stage.server.world.waiting.append({"update_id": 2001, "message": message})
    async with stage.running():
        await ana.says("bye")
        await stage.server.until_received("getUpdates", 2)
    assert texts(stage).count("hi") == 1


async def test_updates_out_of_order_are_all_answered(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    server = stage.server
    messages = [server.world.add_message(ana.state, ana.user, {"text": t}) for t in "abc"]
    for number, message in zip((2003, 2001, 2002), messages, strict=True):
        server.world.waiting.append({"update_id": number, "message": message})
    async with stage.running():
        await stage.script.event(2)
    assert sorted(texts(stage)) == ["a", "b", "c"]


async def test_a_restart_answers_what_was_kept(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.script.gate = asyncio.Event()
    adapter, stop = stage.adapter(), asyncio.Event()
    task = asyncio.create_task(adapter.run(stage.script, stop))
    await ana.says("hi")
    await stage.script.event()
    task.cancel()
    stage.script.gate.set()
    await asyncio.gather(task, return_exceptions=True)
    stage.script.events.clear()
    stage.script.reply = lambda event: Message(text="hello again")
    async with stage.running():
        await ana.sees("hello again")
        await stage.server.until_received("getUpdates", 2)
    assert texts(stage) == ["hi"]


async def test_stopping_lets_answers_finish(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.script.gate = asyncio.Event()
    stage.script.reply = lambda event: Message(text="hello")
    async with stage.running():
        await ana.says("hi")
        await stage.script.event()
        asyncio.get_running_loop().call_soon(stage.script.gate.set)
    assert [seen.text for seen in ana.shown()] == ["hello"]


async def test_a_handler_that_fails_does_not_stop_the_others(stage: Stage) -> None:
    ana = stage.server.user("Ana")

    def reply(event: object) -> Message:
        if isinstance(event, MessageReceived) and event.text == "bad":
            raise RuntimeError("a fault of ours")
        return Message(text="hello")

    stage.script.reply = reply
    async with stage.running():
        with capture_logs() as logs:
            await ana.says("bad")
            await ana.says("good")
            await ana.sees("hello")
    assert [log["event"] for log in logs if log["log_level"] == "error"] == [
        "telegram.update.failed"
    ]


async def test_a_flood_is_taken_in_bounded_portions(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.script.gate = asyncio.Event()
    for _ in range(700):
        message = stage.server.world.add_message(ana.state, ana.user, {"text": "hi"})
        stage.server.world.last_update += 1
        number = stage.server.world.last_update
        stage.server.world.waiting.append({"update_id": number, "message": message})
    async with stage.running():
        await stage.script.event(255)
        await stage.server.until_received("getUpdates", 3)
        assert len(stage.script.events) == 256
        assert len(stage.server.world.waiting) >= 400
        stage.script.gate.set()
        await stage.script.event(699)
    assert len(stage.inbox.kept) == 700


async def test_an_update_without_an_id_stops_nothing(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.script.reply = lambda event: Message(text="hello")
    async with stage.running():
        await stage.server.world.push_raw({"message": {}})
        await stage.clock.until_sleeping(1.0)
        stage.server.world.waiting.clear()
        await ana.says("hi")
        await stage.clock.advance(1)
        await ana.sees("hello")


async def test_a_form_in_a_group_can_be_cancelled(stage: Stage) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    async with stage.running():
        await ana.says("/cancel", chat=group)
        event = await stage.script.event()
    assert isinstance(event, CommandInvoked)
    assert event.name == "cancel"


@pytest.mark.parametrize("kind", ["drop", "lose"])
async def test_a_lost_poll_is_tried_again(stage: Stage, kind: str) -> None:
    ana = stage.server.user("Ana")
    stage.server.disturb("getUpdates", "drop" if kind == "drop" else "lose")
    await ana.says("hi")
    async with stage.running():
        await stage.clock.until_sleeping(1.0)
        await stage.clock.advance(1)
        await stage.script.event()
    assert texts(stage) == ["hi"]


async def test_pauses_grow_and_begin_anew(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.server.fail("getUpdates", 502, "Bad Gateway", times=3)
    async with stage.running():
        for seconds in (1.0, 2.0, 4.0):
            await stage.clock.until_sleeping(seconds)
            await stage.clock.advance(seconds)
        await ana.says("hi")
        await stage.script.event()
        stage.server.fail("getUpdates", 502, "Bad Gateway")
        await ana.says("there")
        await stage.clock.until_sleeping(1.0, times=2)


async def test_too_many_polls_wait_as_told(stage: Stage) -> None:
    stage.server.limit("getUpdates", 17)
    async with stage.running():
        await stage.clock.until_sleeping(17)
        await stage.clock.advance(17)
        await stage.server.until_received("getUpdates", 2)


async def test_a_second_program_is_told_plainly(stage: Stage) -> None:
    stage.server.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    with capture_logs() as logs:
        async with stage.running():
            await stage.clock.until_sleeping(1.0)
    (conflict,) = [log for log in logs if log["event"] == "telegram.poll.conflict"]
    assert "another program" in conflict["hint"]


async def test_two_pollers_conflict_on_the_stand_in(stage: Stage) -> None:
    with capture_logs() as logs:
        async with stage.running(), stage.running():
            await stage.clock.until_sleeping(1.0)
    assert "telegram.poll.conflict" in [log["event"] for log in logs]


async def test_a_poller_gone_quiet_is_rebuilt(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    stage.server.disturb("getUpdates", "hang")
    with capture_logs() as logs:
        async with stage.running(quiet_after=QUIET_AFTER):
            await stage.clock.until_sleeping(LONG_POLL + QUIET_AFTER)
            await ana.says("hi")
            await stage.clock.advance(LONG_POLL + QUIET_AFTER - 1)
            assert stage.script.events == []
            await stage.clock.advance(1)
            await stage.script.event()
    assert "telegram.poll.quiet" in [log["event"] for log in logs]


async def test_a_refused_token_ends_with_one_sentence(stage: Stage) -> None:
    stage.server.world.token = "another"
    with pytest.raises(StartupError, match="INSOP_TELEGRAM_TOKEN"):
        await stage.adapter().run(stage.script, asyncio.Event())


async def test_a_token_revoked_later_ends_it_too(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    task = asyncio.create_task(stage.adapter().run(stage.script, asyncio.Event()))
    await stage.server.until_received("getUpdates", 1)
    stage.server.world.token = "another"
    await ana.says("hi")
    with pytest.raises(StartupError, match="INSOP_TELEGRAM_TOKEN"):
        await asyncio.wait_for(task, 5)


async def test_start_waits_for_the_network(stage: Stage) -> None:
    stage.server.fail("getMe", 500, times=2)
    task = asyncio.create_task(stage.running().__aenter__())
    await stage.clock.until_sleeping(1.0)
    await stage.clock.advance(1)
    await stage.clock.until_sleeping(2.0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_stop_ends_a_start_that_waits(stage: Stage) -> None:
    stage.server.fail("getMe", 500, times=9)
    stop = asyncio.Event()
    task = asyncio.create_task(stage.adapter().run(stage.script, stop))
    await stage.clock.until_sleeping(1.0)
    stop.set()
    await asyncio.wait_for(task, 5)


async def test_a_webhook_left_behind_is_taken_down(stage: Stage) -> None:
    stage.server.world.webhook = {"url": "https://old.example/hook"}
    async with stage.running():
        assert stage.server.world.webhook is None


async def test_no_text_and_no_token_in_the_logs(
    stage: Stage, server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ana = server.user("Ana-Secret-Name")
    stage.script.reply = lambda event: Message(text="private answer")
    server.disturb("sendMessage", "drop")
    with capture_logs() as logs:
        async with stage.running():
            await ana.says("private question")
            await server.until_called("sendMessage")
            await ana.says("private question")
            await ana.sees("private answer")
    written = repr(logs) + caplog.text
    assert "telegram.reply.failed" in written
    for secret in ("private", "Secret", server.world.token):
        assert secret not in written
