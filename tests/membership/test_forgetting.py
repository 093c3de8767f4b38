"""Leaving, exporting, and being forgotten without a trace."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import insert, select

from bot.chat.actions import Action
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.turn import Role
from bot.store import Database
from bot.store.person_rows import (
    IMPERSONAL,
    PERSONAL,
    account_tables,
    chat_tables,
    person_columns,
)
from bot.store.schema import chat, inbox, metadata, question
from tests.clock import ManualClock
from tests.membership.journeys import answer_the_form, join, modal
from tests.stage import Stage

SECRETS = ("Zubaida", "zubaida@example.org", "Quartzfield", "telegram-Zubi", "tanneries-near-me")
"""What must not be found anywhere afterwards."""


def everything_on_disk(database: Database) -> bytes:
    """The database file with its companions."""
    path = Path(database.url.database or "")
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def found_in(data: bytes, words: tuple[str, ...] = SECRETS) -> list[str]:
    return [word for word in words if word.encode() in data or word.lower().encode() in data]


async def test_forget_leaves_no_trace_in_the_whole_file(
    stage: Stage, database: Database, clock: ManualClock
) -> None:
    desk = stage.persona("Desk", platform="console", role=Role.SECRETARIAT)
    async with database.begin() as store:
        await store.chats.set_desk(desk.where, True, clock.now())
    zubi = stage.persona("Zubi")
    await join(zubi, name="Zubaida", email="zubaida@example.org", country="Kenya")
    await zubi.presses("My data")
    await zubi.presses("Change something")
    await zubi.presses("Organisation")
    await zubi.says("Quartzfield")
    await zubi.says("/contact")
    await zubi.says("What about the tanneries-near-me?")
    await zubi.says("how do I take a soil sample tanneries-near-me?")
    await zubi.says("/contact")
    await zubi.says("/link")
    async with database.connect() as connection:
        await connection.execute(
            insert(inbox).values(
                platform="telegram",
                update_id="later",
                accepted_at=clock.now(),
                payload='{"from":"telegram-Zubi","text":"Zubaida again"}',
            )
        )
        await connection.execute(
            insert(inbox).values(
                platform="telegram",
                update_id="other",
                accepted_at=clock.now(),
                payload='{"from":"telegram-Zubin"}',
            )
        )
    async with database.begin() as store:
        await store.outbox.add(
            "reminder:1",
            zubi.where,
            Message(text="Zubaida, tomorrow at ten"),
            lane=Lane.REMINDER,
            on_unknown="resend",
            now=clock.now(),
        )
    assert len(found_in(everything_on_disk(database))) == len(SECRETS)

    await zubi.says("/forget")
    await zubi.presses("Yes, erase everything")
    zubi.sees("Done:", "Receipt:")
    # The names of accounts are searched for by what is left of them in other accounts' rows.
    data = everything_on_disk(database).replace(b"telegram-Zubin", b"")
    assert found_in(data) == []

    async with database.connect() as connection:
        kept = (await connection.execute(select(question))).one()
        waiting = (
            await connection.scalars(select(inbox.c.update_id).where(inbox.c.payload.is_not(None)))
        ).all()
        assert (
            await connection.execute(select(chat).where(chat.c.chat_id != "console-Desk"))
        ).all() == []
    assert (kept.person_id, kept.text, kept.state, kept.language) == (None, "", "forgotten", "en")
    assert waiting == ["other"]
    async with database.begin() as store:
        (entry,) = await store.audit.last(5)
    assert (entry.action, entry.actor, entry.subject_id) == ("forget", "", None)
    assert entry.detail.removeprefix("receipt ") in zubi.screen


async def test_others_keep_everything(stage: Stage, database: Database) -> None:
    ana, bob = stage.persona("Ana"), stage.persona("Bob")
    await join(ana)
    await join(bob, email="bob@example.org")
    await bob.says("/contact")
    await bob.says("Is my well safe?")
    await ana.says("/forget")
    await ana.presses("Yes, erase everything")
    await bob.says("/me")
    bob.sees("bob@example.org", "Kenya")
    async with database.begin() as store:
        (open_question,) = await store.questions.list_open()
    assert open_question.text == "Is my well safe?"


async def test_the_forgotten_begin_anew(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("/forget")
    yes = ana.button("Yes, erase").action
    await ana.presses_action(yes)
    await ana.says("/me")
    ana.sees("You have not joined the network")
    await ana.presses_action(yes)
    ana.sees("Done:")


async def test_a_half_filled_form_is_forgotten_too(stage: Stage, database: Database) -> None:
    zubi = stage.persona("Zubi")
    await answer_the_form(zubi, name="Zubaida")
    await zubi.says("/contact")
    await zubi.says("/forget")
    await zubi.presses("Yes, erase")
    assert found_in(everything_on_disk(database), ("Zubaida", "telegram-Zubi")) == []


def test_every_table_is_known_to_the_eraser() -> None:
    """A new table must point at a person, an account or a chat, or be named here."""
    known = {table.name for table, _ in person_columns()}
    known |= {table.name for table in (*account_tables(), *chat_tables())}
    assert known | PERSONAL | IMPERSONAL == set(metadata.tables)
    assert not known & IMPERSONAL


async def test_export_holds_every_row(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("/contact")
    await ana.says("Is my well safe?")
    await ana.says("/export")
    (reply,) = ana.last
    assert isinstance(reply, Message)
    (file,) = reply.attachments
    held = json.loads(file.data)["held"]
    assert held["membership"][0]["email"] == "ana@example.org"
    assert held["question"][0]["text"] == "Is my well safe?"
    assert [row["purpose"] for row in held["consent"]] == ["membership", "news"]
    assert held["account"][0]["account_id"] == "telegram-Ana"
    assert {"person", "chat", "muted_topic"} <= held.keys()
    assert "code_hash" not in file.data.decode()


async def test_leaving_is_asked_once_and_coming_back_is_easy(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("/leave")
    await ana.presses("No, stay")
    ana.sees("nothing was changed")
    await ana.says("/leave")
    yes = ana.button("Yes, leave").action
    await ana.presses_action(yes)
    ana.sees("You have left the network")
    await ana.presses_action(yes)
    ana.sees("You are not a member")
    await ana.says("/me")
    ana.sees("You have not joined")
    async with stage.database.begin() as store:
        history = await store.consents.history(1)
        assert await store.accounts.role(1) is Role.ANYONE
    assert [(each.purpose, each.is_given) for each in history[-2:]] == [
        ("membership", False),
        ("news", False),
    ]
    await join(ana)
    ana.sees("Welcome, Ana")


async def test_what_is_received_follows_the_choice_at_once(stage: Stage) -> None:
    ana = stage.persona("Ana")

    async def standing() -> tuple[bool, set[str]]:
        from bot.store.schema import muted_topic

        async with stage.database.connect() as connection:
            has_opted_out = await connection.scalar(
                select(chat.c.has_opted_out).where(chat.c.chat_id == ana.where.chat_id)
            )
            topics = await connection.scalars(select(muted_topic.c.topic))
            return bool(has_opted_out), set(topics)

    await join(ana, receives="news")
    assert await standing() == (False, {"events", "calls"})
    await ana.presses("My data")
    await ana.presses("Change something")
    await ana.presses("Receives")
    await ana.says("events")
    ana.sees("Receives: Events and webinars")
    assert await standing() == (False, {"news", "calls"})
    await ana.says("/leave")
    await ana.presses("Yes, leave")
    assert (await standing())[0] is True


async def test_each_field_can_be_changed_by_whoever_it_is_about(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord")
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    for field, value, shown in (
        ("name", "Ana W.", "Ana W."),
        ("country", "Ghana", "Ghana"),
        ("stakeholder", "student", "Student"),
        ("organisation", "Terre", "Terre"),
        ("interests", "mapping,nonsense", "Mapping"),
        ("languages", "fr", "Français"),
        ("receives", "calls", "Calls for contributions"),
        ("email", "ana@example.org", "ana@example.org (not confirmed)"),
    ):
        await ana.presses_action(Action("me", "field", field))
        await ana.does(modal(ana, f"me.{field}", **{field: value}))
        ana.sees("Good, that is changed", shown)
    await ana.does(modal(ana, "me.name", name=""))
    ana.sees("This answer is needed")
    await ana.does(modal(ana, "me.country", country="Congo"))
    await ana.presses("Congo - Brazzaville")
    ana.sees("Country: Congo - Brazzaville")


async def test_who_leaves_in_the_middle_of_an_announcement_gets_no_more_of_it(
    stage: Stage, clock: ManualClock
) -> None:
    from bot.store.outbox_chats import OutboxChats
    from bot.store.schema import delivery

    ana, bob = stage.persona("Ana"), stage.persona("Bob")
    await join(ana)
    await join(bob, email="bob@example.org")
    async with stage.database.begin() as store:
        for each in (ana, bob):
            await store.outbox.add(
                "announcement:1",
                each.where,
                Message(text="News"),
                lane=Lane.ANNOUNCEMENT,
                on_unknown="hold",
                now=clock.now(),
            )
    await ana.says("/leave")
    await ana.presses("Yes, leave")
    await bob.says("/forget")
    await bob.presses("Yes, erase")
    async with stage.database.connect() as connection:
        (row,) = (await connection.execute(select(delivery))).all()
        (standing,) = await OutboxChats(connection).standings([row.id])
    # The sender asks for the standing once more before each message.
    assert row.chat_id == ana.where.chat_id
    assert standing.has_opted_out
