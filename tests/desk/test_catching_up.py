"""What contacts and askers say on Discord while the process is down, is heard when it is back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.events import Event, MessageReceived
from tests.desk.test_on_discord import said
from tests.desk.town import Town, lines, town_at
from tests.waiting import until


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as opened:
        yield opened


async def test_two_contacts_answer_while_nobody_listens(town: Town) -> None:
    wells = await town.ask(town.ana, "Is my well safe?")
    ashes = await town.ask(town.ben, "May I use ash?")
    await town.leaves()
    head = wells.last_message
    await town.ser.send(wells, "Have it tested.", reply_to=head)
    await town.nat.send(ashes, "A little.", reply_to=ashes.last_message)
    await town.nat.send(wells, "In the lab.", reply_to=head)
    await town.ser.send(wells, "In spring.", reply_to=head)
    await town.returns(later=timedelta(hours=3))
    ana, ben = town.ana.user.dm_channel, town.ben.user.dm_channel
    await town.until(lambda: "In spring." in said(ana) and "A little." in said(ben))
    words = ("Have it tested.", "In the lab.", "In spring.", "A little.")
    assert lines(ana, words) == list(words[:3])
    assert lines(ben, words) == ["A little."]


async def test_what_was_heard_live_is_not_heard_again(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    await town.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
    await town.ana.send_dm("Where?")
    await town.until(lambda: "Where?" in said(thread))
    await town.leaves()
    await town.ana.send_dm("By when?")
    await town.returns()
    await town.until(lambda: "By when?" in said(thread))
    await town.leaves()
    await town.returns(later=timedelta(minutes=1))
    texts = [event.text for event in town.events if isinstance(event, MessageReceived)]
    assert texts == ["Have it tested.", "Where?", "By when?"]


async def test_what_comes_live_meanwhile_comes_after_what_was_missed(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    head = thread.last_message
    await town.leaves()
    for words in ("Alfa", "Bravo", "Charlie"):
        await town.ser.send(thread, words, reply_to=head)

    def say_delta(event: Event) -> None:
        town.after_turn = lambda event: None
        town.says_now(town.ser, thread, "Delta")

    town.after_turn = say_delta
    await town.returns()
    ana = town.ana.user.dm_channel
    await town.until(lambda: "Delta" in said(ana))
    assert lines(ana, ("Alfa", "Bravo", "Charlie", "Delta")) == [
        "Alfa",
        "Bravo",
        "Charlie",
        "Delta",
    ]
    assert len(town.events) == len({event.id for event in town.events})


async def test_killed_in_the_middle(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    head = thread.last_message
    await town.leaves()
    for words in ("Alfa", "Bravo", "Charlie"):
        await town.ser.send(thread, words, reply_to=head)
    town.after_turn = town.dies
    await town.returns(is_awaited=False)
    ana = town.ana.user.dm_channel
    await town.until(lambda: "Alfa" in said(ana))
    assert "Bravo" not in said(ana)
    await town.leaves()
    town.after_turn = lambda event: None
    await town.returns()
    await town.until(lambda: "Charlie" in said(ana))
    assert lines(ana, ("Alfa", "Bravo", "Charlie")) == ["Alfa", "Bravo", "Charlie"]
    texts = [event.text for event in town.events if isinstance(event, MessageReceived)]
    assert texts == ["Alfa", "Bravo", "Charlie"]


async def test_killed_while_somebody_waits_for_their_turn(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    head = thread.last_message
    await town.leaves()
    for words in ("Alfa", "Bravo", "Charlie"):
        await town.ser.send(thread, words, reply_to=head)
    town.after_turn = town.dies
    await town.returns(is_awaited=False)
    ana = town.ana.user.dm_channel
    await town.until(lambda: "Alfa" in said(ana))
    town.says_now(town.ser, thread, "Delta")
    await until(town.has_kept_something, "what waits to be kept")
    await town.leaves()
    assert "Delta" not in said(ana)
    await town.ser.send(thread, "Echo", reply_to=head)
    town.after_turn = lambda event: None
    await town.returns()
    words = ("Alfa", "Bravo", "Charlie", "Delta", "Echo")
    await town.until(lambda: all(each in said(ana) for each in words))
    assert lines(ana, words) == list(words)


async def test_more_words_than_anybody_may_say_in_a_minute(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    await town.ser.send(thread, "Tell me more.", reply_to=thread.last_message)
    await town.leaves()
    words = [f"word {number}." for number in range(20)]
    for each in words:
        await town.ana.send_dm(each)
    await town.returns()
    await town.until(lambda: words[-1] in said(thread))
    assert lines(thread, words) == words


async def test_changed_and_deleted_while_nobody_listened(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    ana = town.ana.user.dm_channel
    wrong = await town.ser.send(thread, "Drink it.", reply_to=thread.last_message)
    await town.until(lambda: "Drink it." in said(ana))
    asked = await town.ana.send_dm("Even the children?")
    taken = await town.ana.send_dm("Forget that.")
    await town.until(lambda: "Forget that." in said(thread))
    await town.leaves()
    await town.ser.edit(wrong, f"{town.mention} Boil it.")
    await town.ana.user.edit(asked, "Even my children?")
    await town.ana.user.delete(taken)
    await town.returns(later=timedelta(hours=2))
    await town.until(lambda: "Boil it." in said(ana) and "Even my children?" in said(thread))
    assert "Drink it." not in said(ana)
    await town.until(lambda: "Forget that." not in said(thread))
    assert "taken back" in said(thread)
    # Read once more, it has been heard.
    await town.leaves()
    await town.returns()
    assert len(town.events) == len({event.id for event in town.events})


async def test_a_thread_that_was_deleted_comes_back_with_all_of_it(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    await town.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
    await town.until(lambda: "Have it tested." in said(town.ana.user.dm_channel))
    await town.leaves()
    town.env.backend.delete_channel(thread.id)
    await town.ana.send_dm("Where?")
    await town.returns()
    await town.until(lambda: "Where?" in said(town.thread("Is my well safe?")))
    fresh = town.thread("Is my well safe?")
    assert fresh.id != thread.id
    assert "Have it tested." in said(fresh)


async def test_a_thread_that_was_deleted_is_missed_before_anybody_writes(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    await town.leaves()
    town.env.backend.delete_channel(thread.id)
    await town.returns()
    await town.until(lambda: "Is my well safe?" in said(town.thread("Is my well safe?")))
    assert town.thread("Is my well safe?").id != thread.id


async def test_where_nobody_wrote_nothing_is_read(town: Town) -> None:
    wells = await town.ask(town.ana, "Is my well safe?")
    ashes = await town.ask(town.ben, "May I use ash?")
    town.pass_time(timedelta(hours=1))
    await town.has_heard_all()
    await town.leaves()
    await town.ser.send(wells, "Have it tested.", reply_to=wells.last_message)
    requests = len(town.env.http_requests)
    await town.returns(later=timedelta(hours=1))
    read = [each.path for each in town.env.http_requests[requests:] if each.method == "GET"]
    assert [path for path in read if str(wells.id) in path]
    assert not [path for path in read if str(ashes.id) in path]


async def test_without_the_right_to_read_the_secretariat_is_told_once(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    town.let_read(is_so=False)
    for _ in range(3):
        await town.leaves()
        await town.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
        requests = len(town.env.http_requests)
        await town.returns()
        history = [
            each for each in town.env.http_requests[requests:] if each.path.endswith("messages")
        ]
        assert not [each for each in history if str(thread.id) in each.path]
        await town.watch()
    assert said(town.desk).count("Read Message History") == 1
    assert "Have it tested." not in said(town.ana.user.dm_channel)
    await town.leaves()
    town.let_read(is_so=True)
    await town.returns()
    await town.watch()
    assert "may read again" in said(town.desk)


async def test_what_is_older_than_a_day_is_missed_and_said_to_be(town: Town) -> None:
    wells = await town.ask(town.ana, "Is my well safe?")
    ashes = await town.ask(town.ben, "May I use ash?")
    head = wells.last_message
    await town.leaves()
    await town.ser.send(wells, "Have it tested.", reply_to=head)
    await town.ben.send_dm("Hello?")
    town.pass_time(timedelta(hours=30))
    await town.ser.send(wells, "And boil it.", reply_to=head)
    await town.returns(later=timedelta(hours=1))
    ana, ben = town.ana.user.dm_channel, town.ben.user.dm_channel
    await town.until(lambda: "And boil it." in said(ana))
    await town.until(lambda: "please write it again" in said(ben))
    assert "Have it tested." not in said(ana)
    assert said(wells).count("may not have been passed on; please write it again") == 1
    assert "please write it again" not in said(ashes)
    assert "please write it again" not in said(ana)
    await town.leaves()
    await town.returns()
    assert said(wells).count("please write it again") == 1
    assert said(ben).count("please write it again") == 1


async def test_old_talk_in_channels_stays_unanswered(town: Town) -> None:
    await town.ask(town.ana, "Is my well safe?")
    general = town.guild.create_text_channel("general")
    await town.ben.send(general, f"{town.mention} May I use ash?")
    await town.until(lambda: len(general.history()) > 1)
    count = len(general.history())
    await town.leaves()
    await town.ben.send(general, f"{town.mention} May I use ash?")
    await town.returns()
    assert len(general.history()) == count + 1


async def test_a_recent_conversation_is_taken_up(town: Town) -> None:
    await town.ben.send_dm("May I use ash?")
    ben = town.ben.user.dm_channel
    await town.until(lambda: len(ben.history()) > 1)
    count = len(ben.history())
    await town.leaves()
    await town.ben.send_dm("How deep are samples taken?")
    await town.returns(later=timedelta(hours=5))
    await town.until(lambda: len(ben.history()) > count + 1)
