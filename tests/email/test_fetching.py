"""The mailbox on a real IMAP server: each mail once, whatever happens."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.email.judging import Refused
from bot.adapters.email.office import Position, Thread
from bot.chat.messages import Message
from bot.config_mailbox import MailboxSettings
from tests.email.conftest import Desk
from tests.email.letters import CONTACT, DESK, bounce, mail
from tests.email.servers import ImapServer, SmtpServer
from tests.waiting import until


def reply(
    token: str, text: str = "Twenty centimetres.", n: int = 1, **headers: Any
) -> EmailMessage:
    number = token.split("-")[0]
    return mail(
        text,
        subject=f"Re: [INSOP #{number} · {token}] Lead",
        message_id=f"<answer{n}@example.org>",
        **headers,
    )


async def test_a_reply_becomes_a_message_of_its_question(desk: Desk) -> None:
    token = await desk.ask()
    desk.open()
    quoted = desk.smtp.mails[0].get_content()
    marked = "\n".join(f"> {line}" for line in quoted.splitlines())
    await desk.imap.deliver(reply(token, f"Twenty.\n\nOn Monday INSOP <{DESK}> wrote:\n{marked}"))
    await until(lambda: bool(desk.office.events))
    (event,) = desk.office.events
    assert event.text == "Twenty."
    assert event.conversation.key == ("email", CONTACT, "12")
    assert (event.author.id, event.author.locale) == (CONTACT, "fr")
    assert event.message_id == "answer1@example.org"
    await until(lambda: desk.office.at is not None)
    await desk.close()
    assert await desk.imap.flags() == [("\\Seen",)]


async def test_the_server_tells_of_new_mail(imap: ImapServer, smtp: SmtpServer) -> None:
    desk = Desk(imap, smtp, poll=600.0)
    token = await desk.ask()
    desk.open()
    await until(lambda: desk.office.at is not None)
    await imap.deliver(reply(token))
    await until(lambda: bool(desk.office.events), seconds=5)
    await desk.close()


async def test_two_mails_at_once_come_in_order(desk: Desk) -> None:
    token = await desk.ask()
    await desk.imap.deliver(*(reply(token, f"part {n}", n) for n in range(5)))
    desk.open()
    await until(lambda: len(desk.office.events) == 5)
    assert [event.text for event in desk.office.events] == [f"part {n}" for n in range(5)]


async def test_a_crash_after_the_commit_repeats_nothing(desk: Desk) -> None:
    token = await desk.ask()
    await desk.imap.deliver(reply(token))
    desk.open()
    await until(lambda: desk.office.at is not None)
    await desk.close()
    desk.office.at = Position(validity=desk.office.at.validity, uid=0)  # type: ignore[union-attr] # Just waited for.
    desk.open()
    await until(lambda: desk.office.at is not None and desk.office.at.uid > 0)
    assert len(desk.office.events) == 1


async def test_a_renumbered_mailbox_repeats_nothing_and_loses_nothing(desk: Desk) -> None:
    token = await desk.ask()
    await desk.imap.deliver(reply(token, n=1))
    desk.open()
    await until(lambda: desk.office.at is not None)
    await desk.close()
    before = desk.office.at
    await desk.imap.renumber()
    await desk.imap.deliver(reply(token, n=2))
    desk.open()
    await until(lambda: len(desk.office.events) == 2)
    await until(lambda: desk.office.at != before)
    assert [event.message_id[:7] for event in desk.office.events] == ["answer1", "answer2"]


async def test_mail_from_before_the_first_start_is_left_to_people(desk: Desk) -> None:
    token = await desk.ask()
    await desk.imap.deliver(reply(token, n=1), mail("something else", message_id="<x@y>"))
    desk.open()
    await until(lambda: bool(desk.office.events))
    await desk.close()
    assert await desk.imap.flags() == [("\\Seen",), ()]


async def test_a_server_that_is_gone_for_a_while(desk: Desk) -> None:
    token = await desk.ask()
    desk.open()
    await until(lambda: desk.office.at is not None)
    await desk.imap.stop()
    await until(lambda: "unreachable" in desk.office.troubles)
    assert desk.pauses[:3] == [2.0, 5.0, 15.0]
    await desk.imap.start()
    await desk.imap.deliver(reply(token))
    await until(lambda: bool(desk.office.events))
    assert desk.office.troubles == [None, "unreachable", None]


async def test_a_wrong_password_is_told_once(imap: ImapServer, smtp: SmtpServer) -> None:
    desk = Desk(imap, smtp, password=SecretStr("wrong"))
    desk.open()
    await until(lambda: len(desk.pauses) >= 4)
    await desk.close()
    assert desk.office.troubles == ["refused"]
    assert max(desk.pauses) > 10


async def test_a_password_never_travels_in_the_open(imap: ImapServer, smtp: SmtpServer) -> None:
    desk = Desk(imap, smtp, security="tls")
    desk.open()
    await until(lambda: bool(desk.office.troubles))
    await desk.close()
    assert desk.office.troubles == ["refused"]
    with pytest.raises(ValueError, match="in the open"):
        MailboxSettings(
            host="imap.example.org", security="none", username="a", password=SecretStr("b")
        )


async def test_a_folder_that_is_not_there_is_told(imap: ImapServer, smtp: SmtpServer) -> None:
    desk = Desk(imap, smtp, folder="Nowhere")
    desk.open()
    await until(lambda: bool(desk.office.troubles))
    await desk.close()
    assert desk.office.troubles == ["refused"]


async def test_what_is_done_moves_to_its_folder(imap: ImapServer, smtp: SmtpServer) -> None:
    desk = Desk(imap, smtp, done_folder="Answered")
    token = await desk.ask()
    await imap.deliver(reply(token))
    desk.open()
    await until(lambda: desk.office.at is not None)
    await desk.close()
    assert await imap.flags() == []
    assert await imap.flags("Answered") == [("\\Seen",)]


async def test_a_lost_database_loses_no_mail(desk: Desk) -> None:
    token = await desk.ask()
    desk.office.is_closed = True
    await desk.imap.deliver(reply(token))
    desk.open()
    await until(lambda: len(desk.pauses) >= 3)
    assert desk.office.events == []
    assert await desk.imap.flags() == [()]
    desk.office.is_closed = False
    await until(lambda: len(desk.office.events) == 1)


async def test_25_megabytes_come_along(desk: Desk) -> None:
    token = await desk.ask()
    message = reply(token)
    data = bytes(range(256)) * 40_000
    for name in ("a.bin", "b.bin"):
        message.add_attachment(data, maintype="application", subtype="zip", filename=name)
    message.add_attachment(
        data[:8_000_000], maintype="application", subtype="zip", filename="c.bin"
    )
    await desk.imap.deliver(message)
    desk.open()
    await until(lambda: bool(desk.office.events), seconds=60)
    (event,) = desk.office.events
    assert [file.name for file in event.files] == ["a.bin", "b.bin"]
    assert desk.office.files[event.files[0].handle].data == data
    assert "c.bin" in event.text


async def test_a_mail_beyond_all_limits_is_left_and_told(desk: Desk) -> None:
    token = await desk.ask()
    message = reply(token)
    message.add_attachment(b"\0" * 31_000_000, maintype="x", subtype="y", filename="z")
    await desk.imap.deliver(message)
    desk.open()
    await until(lambda: bool(desk.office.refusals), seconds=60)
    assert desk.office.refusals == [Refused(reason="unreadable")]
    await desk.close()
    assert await desk.imap.flags() == [()]


async def test_forged_mail_is_refused_and_told(desk: Desk) -> None:
    token = await desk.ask(12)
    other = await desk.ask(13)
    await desk.imap.deliver(
        reply(token, sender="Eve <eve@example.com>"),
        reply(token[:-1] + ("a" if token[-1] != "a" else "b"), n=2),
        mail("x", subject=f"[INSOP #12 · {other}]", message_id="<three@x>"),
        mail("x", subject="Re: [INSOP #12] Lead", message_id="<four@x>"),
    )
    desk.open()
    await until(lambda: len(desk.office.refusals) == 4)
    await desk.close()
    assert desk.office.events == []
    assert [(each.reason, each.number) for each in desk.office.refusals] == [
        ("wrong token", 12),
        ("wrong token", 12),
        ("another question", 12),
        ("wrong token", 12),
    ]
    assert await desk.imap.flags() == [(), (), (), ()]


async def test_a_question_that_is_gone_takes_no_answer(desk: Desk) -> None:
    token = await desk.ask()
    desk.office.forgotten.add(12)
    await desk.imap.deliver(reply(token))
    desk.open()
    await until(lambda: bool(desk.office.refusals))
    assert desk.office.refusals == [Refused(reason="no such question", number=12)]


async def test_a_loop_of_our_own_mail_ends(desk: Desk) -> None:
    await desk.ask()
    passed_on = desk.smtp.mails[0]
    passed_on.replace_header("From", CONTACT)
    await desk.imap.deliver(desk.smtp.raw[0], passed_on)
    desk.open()
    await until(lambda: desk.office.at is not None)
    assert desk.office.events == []
    assert desk.office.refusals == []


async def test_a_loop_of_two_programs_ends(desk: Desk) -> None:
    token = await desk.ask()
    desk.office.reply = Message(text="Done.")
    await desk.imap.deliver(*(reply(token, f"echo {n}", n) for n in range(60)))
    desk.open()
    await until(lambda: bool(desk.office.refusals))
    await desk.close()
    assert len(desk.office.events) == 40
    assert {each.reason for each in desk.office.refusals} == {"too many"}


async def test_a_holiday_notice_gets_no_answer(desk: Desk) -> None:
    token = await desk.ask()
    desk.office.reply = Message(text="Thank you.")
    await desk.imap.deliver(reply(token, "I am away.", Auto_Submitted="auto-replied"))
    desk.open()
    await until(lambda: bool(desk.office.events))
    await until(lambda: desk.office.at is not None)
    assert desk.office.events[0].is_automatic
    assert len(desk.smtp.raw) == 1


async def test_a_bounce_is_told_with_its_mail(desk: Desk) -> None:
    await desk.ask()
    await desk.imap.deliver(bounce(desk.smtp.raw[0]))
    desk.open()
    await until(lambda: bool(desk.office.returns))
    (verdict,) = desk.office.returns
    assert (verdict.number, verdict.address, verdict.is_final) == (12, CONTACT, True)
    assert verdict.ref == desk.smtp.mails[0]["Message-ID"].strip("<>").partition("@")[0]


async def test_a_forged_bounce_is_none(desk: Desk) -> None:
    await desk.imap.deliver(bounce(b"Message-ID: <insop.12-abc-aaaaaaaaaaaaaaaa.X@example.net>"))
    desk.open()
    await until(lambda: desk.office.at is not None)
    assert desk.office.returns == []


async def test_a_reply_to_a_command_goes_back_in_the_thread(desk: Desk) -> None:
    token = await desk.ask()
    desk.office.reply = Message(text="Question 12 is closed.")
    desk.office.around = Thread(title="Lead", ids=["answer1@example.org"])
    await desk.imap.deliver(reply(token, "#close"))
    desk.open()
    await until(lambda: len(desk.smtp.raw) == 2)
    answer = desk.smtp.mails[1]
    assert answer["In-Reply-To"] == "<answer1@example.org>"
    assert "Question 12 is closed." in answer.get_content()


async def test_stopping_does_not_wait_for_the_server(desk: Desk) -> None:
    desk.open()
    await until(lambda: desk.office.at is not None)
    async with asyncio.timeout(5):
        await desk.close()


async def test_a_mail_without_a_mark_is_told_once_and_left_to_people(desk: Desk) -> None:
    desk.open()
    await until(lambda: desk.office.at is not None)
    assert desk.office.at is not None
    last = desk.office.at.uid + 4
    await desk.imap.deliver(
        mail("My question is still open", message_id="<no@mark>"),
        mail("I am away", message_id="<two@x>", Auto_Submitted="auto-replied"),
        mail("News", message_id="<three@x>", List_Id="<news.example.org>"),
        bounce(mail("x", message_id="<stranger@x>").as_bytes()),
    )
    await until(lambda: desk.office.at is not None and desk.office.at.uid == last)
    await desk.close()
    assert desk.office.events == []
    assert desk.office.refusals == [Refused(reason="no token")]
    assert await desk.imap.flags() == [(), (), (), ()]


async def test_a_flood_of_unmarked_mail_is_one_word_more(desk: Desk) -> None:
    letters = [
        mail("Buy", sender=f"A <a{n}@example.com>", message_id=f"<{n}@x>") for n in range(15)
    ]
    await desk.imap.deliver(*letters)
    desk.open()
    await until(lambda: desk.office.at is not None)
    await desk.close()
    reasons = [each.reason for each in desk.office.refusals]
    assert reasons == ["no token"] * 10 + ["too many unmarked"]
