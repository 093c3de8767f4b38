"""From the text to the yes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.events import FormSubmitted
from bot.chat.messages import Message
from bot.chat.turn import Role
from bot.store import Database
from bot.store.announcements import FALLBACK
from bot.translating import translator
from handlers.announce_texts import Wording, compose, parse_time, wording_of
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, choose, send, write
from tests.clock import ManualClock
from tests.stage import Persona, Stage


async def test_a_text_reaches_every_subscriber_once(
    sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows, database: Database
) -> None:
    await subscribe("a", "b", "c")
    await write(sara)
    sara.sees("The assembly meets in May.", "Recipients: 3 (Telegram 3)", "all subscribers")
    await sara.presses("Send to 3")
    sara.sees("Really send announcement 1", "3 (Telegram 3)")
    assert await rows() == []
    await sara.presses("Yes, send it")
    sara.sees("Announcement 1", "is being sent", "0/3")
    assert await fan_out(1) == 3
    assert {row.chat_id for row in await rows()} == {"a", "b", "c"}
    async with database.begin() as store:
        (entry, *_) = await store.audit.last(5)
    assert (entry.action, entry.actor) == ("announcement.started", "Sara")


@pytest.mark.parametrize("command", ["/announce", "/announcements"])
async def test_only_the_secretariat_announces(stage: Stage, command: str) -> None:
    ana = stage.persona("Ana", role=Role.EXPERT)
    await ana.says(command)
    ana.sees("This is for the network's secretariat")


async def test_a_stranger_who_knows_the_form_and_the_buttons_is_refused(
    stage: Stage, sara: Persona, subscribe: Subscribe, database: Database
) -> None:
    await subscribe("a")
    await write(sara)
    await sara.presses("Send to")
    ana = stage.persona("Ana")
    await ana.presses_action(sara.button("Yes, send it").action)
    ana.sees("secretariat")
    values = (("text", "x"), ("language", "en"), ("topic", "news"), ("days", "7"))
    await ana.does(FormSubmitted(form="announce", values=values, **ana.common()))
    ana.sees("secretariat")
    async with database.begin() as store:
        assert await store.announcements.running() == []
        assert await store.announcement_drafts.of(2) is None


async def test_a_second_yes_sends_nothing_again(
    sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("a")
    await write(sara)
    await sara.presses("Send to")
    yes = sara.button("Yes, send it").action
    await sara.presses_action(yes)
    await fan_out(1)
    await sara.presses_action(yes)
    sara.sees("Announcement 1", "is being sent")
    await fan_out(1)
    assert len(await rows()) == 1


async def test_a_restart_between_the_two_changes_nothing(
    stage: Stage, sara: Persona, subscribe: Subscribe, fan_out: FanOutAll
) -> None:
    await subscribe("a")
    await write(sara)
    stage.restart()
    await sara.says("/announce")
    sara.sees("Draft 1", "The assembly meets in May.")
    await send(sara)
    assert await fan_out(1) == 1


async def test_a_yes_to_an_older_draft_is_refused(
    sara: Persona, subscribe: Subscribe, database: Database
) -> None:
    await subscribe("a", "b")
    await subscribe("f", language="fr")
    await write(sara)
    await choose(sara, "Language", "Français")
    sara.sees("Recipients: 1 (Telegram 1)")
    await sara.presses("Send to 1")
    yes = sara.button("Yes, send it").action
    await sara.says("/announce")
    await sara.presses("Who hears it")
    await sara.presses("Everybody")
    sara.sees("Recipients: 3")
    await sara.presses_action(yes)
    sara.sees("The draft has changed since")
    async with database.begin() as store:
        assert await store.announcements.running() == []


async def test_an_empty_audience_is_refused(sara: Persona) -> None:
    await write(sara)
    sara.sees("Recipients: 0")
    await sara.presses("Send to 0")
    sara.sees("Nobody is in this audience")


async def test_the_same_text_again_is_warned_about(sara: Persona, subscribe: Subscribe) -> None:
    await subscribe("a")
    await write(sara)
    sara.sees_not("sent before")
    await send(sara)
    await write(sara, "the **Assembly**  meets in May. ")
    sara.sees("The same text was sent before", "as announcement 1 of 2026-04-22 12:00")
    await sara.presses("Send to")
    sara.sees("The same text was sent before", "Really send")


async def test_a_test_goes_to_oneself_only(sara: Persona, subscribe: Subscribe, rows: Rows) -> None:
    await subscribe("a")
    await write(sara)
    await sara.presses("Test to me")
    sara.sees("to nobody else")
    (row,) = await rows()
    assert row.chat_id == sara.where.chat_id
    assert "The **assembly** meets" in row.payload


async def test_a_test_from_a_channel_is_refused(stage: Stage, rows: Rows) -> None:
    sara = stage.persona("Sara", platform="discord", role=Role.SECRETARIAT, chat_id="channel")
    values = (("text", "x"), ("language", "en"), ("topic", "news"), ("days", "7"))
    await sara.does(FormSubmitted(form="announce", values=values, **sara.common()))
    assert all(isinstance(part, Message) and part.is_ephemeral for part in sara.last)
    await sara.presses("Test to me")
    sara.sees("private chat")
    assert await rows() == []


async def test_in_a_telegram_group_nothing_is_shown(stage: Stage) -> None:
    sara = stage.persona("Sara", role=Role.SECRETARIAT, chat_id="-100")
    await sara.says("/announce")
    sara.sees("in a private chat")


async def test_versions_by_language_and_a_note_where_one_is_missing(
    sara: Persona, subscribe: Subscribe, database: Database
) -> None:
    await subscribe("f", language="fr")
    await subscribe("r", language="ru")
    await write(sara)
    sara.sees("There is no version in: Français, Русский")
    await sara.presses("Add a language")
    await sara.presses("Français")
    await sara.says("L'assemblée se réunit en mai.")
    sara.sees("There is no version in: Русский", "Written in: English, Français")
    async with database.begin() as store:
        texts = await store.announcements.texts(1)
    assert texts["fr"].text == "L'assemblée se réunit en mai."
    assert texts["ru"].text == texts[FALLBACK].text == "The **assembly** meets in May."
    assert "English" in texts["ru"].footer
    assert "English" not in texts["fr"].footer + texts["en"].footer
    assert all("/stop" in message.footer and message.rows for message in texts.values())


async def test_a_time_is_taken_in_the_secretariats_zone(
    sara: Persona, subscribe: Subscribe, clock: ManualClock, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("a")
    await write(sara)
    await sara.presses("Set a time")
    await sara.says("soon")
    sara.sees("I do not understand this time")
    await sara.says("2026-04-22 11:59")
    sara.sees("This time has passed")
    await sara.says("2026-04-23 09:00")
    sara.sees("Leaves: 2026-04-23 09:00 (Europe/Rome)")
    await send(sara)
    sara.sees("It leaves 2026-04-23 09:00")
    await fan_out(1)
    (row,) = await rows()
    assert row.due_at.isoformat() == "2026-04-23T07:00:00+00:00"
    assert row.expires_at - row.due_at == timedelta(days=7)


async def test_a_draft_that_waited_lasts_as_long_from_its_start(
    sara: Persona, subscribe: Subscribe, clock: ManualClock, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("a")
    await write(sara)
    clock.advance(3 * 86400)
    await send(sara)
    await fan_out(1)
    (row,) = await rows()
    assert row.due_at == clock.now()
    assert row.expires_at == clock.now() + timedelta(days=7)


async def test_a_discarded_draft_is_gone(sara: Persona, subscribe: Subscribe) -> None:
    await subscribe("a")
    await write(sara)
    button = sara.button("Send to").action
    await sara.presses("Discard")
    sara.sees("Nothing was sent")
    await sara.presses_action(button)
    sara.sees("sent or discarded already")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("The **assembly meets.", "**"),
        ("See [here](nowhere) now.", "]("),
        ("A ` sign", "`"),
        ("All **is** `well` [here](https://insop.example) 2 \\* 3", ""),
    ],
)
async def test_markup_that_has_no_end_is_said_so(sara: Persona, text: str, sign: str) -> None:
    await write(sara, text)
    if sign:
        sara.sees(f"A {sign} in the text has no end; it is shown as it stands.")
    else:
        sara.sees_not("has no end")


async def test_an_over_long_text_is_refused_before_it_is_kept(sara: Persona) -> None:
    await sara.says("/announce")
    await sara.says("x" * 3501)
    sara.sees("too long", "3500")


def test_the_way_out_is_in_every_language_and_the_wording_comes_back() -> None:
    wording = Wording(original="ar", texts={"ar": "نص", "fr": "texte"})
    messages = compose(wording, translator)
    assert wording_of(messages) == wording
    assert messages[FALLBACK].direction == messages["en"].direction == "rtl"
    assert messages["fr"].direction == "ltr"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29 02:30", "2026-03-29T01:30:00+00:00"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00+00:00"),
        ("1.5.2026 09:00", "2026-05-01T07:00:00+00:00"),
        ("+3h", "2026-04-22T13:00:00+00:00"),
        ("tomorrow", None),
        ("2026-02-30 09:00", None),
        ("+99999999999h", None),
    ],
)
def test_times(text: str, expected: str | None, clock: ManualClock) -> None:
    found = parse_time(text, "Europe/Rome", clock.now())
    assert (found.isoformat() if found else None) == expected


async def test_a_draft_starts_once_even_where_two_yeses_race(
    sara: Persona, database: Database, clock: ManualClock
) -> None:
    await write(sara)
    async with database.begin() as store:
        assert await store.announcement_drafts.start(1, clock.now())
        assert not await store.announcement_drafts.start(1, clock.now())
        await store.announcements.set_state(1, "done", clock.now(), only_from=("running",))
        assert not await store.announcement_drafts.start(1, clock.now())
        assert await store.announcements.running() == []
