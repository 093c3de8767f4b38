"""Confirming an address: codes, tries, limits, and mail over a real SMTP connection."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import select

from bot.adapters.email import ConsoleMail, transport_for
from bot.adapters.email.smtp import SmtpMail
from bot.config_members import EmailSettings, MembershipSettings
from bot.delivery.mailing import RETRIES, Mailing
from bot.mail import Letter, MailError
from bot.store.schema_members import email_code
from tests.membership.journeys import join, settings_with
from tests.stage import Persona, Stage


class Postbox:
    """Takes letters, or raises the errors that it was given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.errors: list[MailError] = []

    async def send(self, letter: Letter) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.letters.append(letter)

    @property
    def code(self) -> str:
        found = re.search(r"(\d{3}) (\d{3})", self.letters[-1].text)
        assert found is not None
        return found[1] + found[2]


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mailing(stage: Stage, postbox: Postbox) -> Mailing:
    return Mailing(database=stage.database, clock=stage.clock, transport=postbox)


async def confirmed(stage: Stage, person_id: int = 1) -> bool:
    async with stage.database.begin() as store:
        member = await store.memberships.get(person_id)
        return member is not None and member.email_confirmed_at is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("typed", ["{}", "code: {}", "spaced", "arabic"])
async def test_the_code_from_the_mail_confirms(
    stage: Stage, mailing: Mailing, postbox: Postbox, typed: str
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    assert await mailing.send_due() == 1
    assert postbox.letters[0].to == "ana@example.org"
    code = postbox.code
    text = {
        "spaced": f"{code[:3]} {code[3:]}",
        "arabic": "".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in code),
    }.get(typed, typed.format(code))
    await ana.says(f"/confirm {text}")
    ana.sees("ana@example.org is confirmed")
    assert await confirmed(stage)
    async with stage.database.begin() as store:
        last = (await store.consents.history(1))[-1]
    assert (last.purpose, last.is_given) == ("email", True)
    await ana.says(f"/confirm {code}")
    ana.sees("confirmed already")


async def test_the_code_stands_nowhere_in_the_database(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    await join(stage.persona("Ana"))
    await mailing.send_due()
    async with stage.database.connect() as connection:
        row = (await connection.execute(select(email_code))).one()
    assert postbox.code not in repr(row)


async def test_five_wrong_codes_spend_it(stage: Stage, mailing: Mailing, postbox: Postbox) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await mailing.send_due()
    for _ in range(4):
        await ana.presses_action(next(b.action for b in ana.buttons if "Enter" in b.label))
        await ana.says(wrong(postbox.code))
        ana.sees("That is not the code")
    await ana.says(f"/confirm {wrong(postbox.code)}")
    ana.sees("does not count any more")
    await ana.says(f"/confirm {postbox.code}")
    ana.sees("does not count any more")
    assert not await confirmed(stage)
    await ana.presses("Send the code again")
    await mailing.send_due()
    await ana.says(f"/confirm {postbox.code}")
    ana.sees("is confirmed")


async def test_ten_minutes_are_the_end_of_a_code(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await mailing.send_due()
    stage.clock.advance(601)
    await ana.says(f"/confirm {postbox.code}")
    ana.sees("does not count any more")


async def test_a_new_mail_makes_the_old_code_worthless(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await mailing.send_due()
    old = postbox.code
    await ana.presses("Send the code again")
    await ana.says(f"/confirm {old}")
    ana.sees("There is no code waiting")


async def test_three_mails_an_hour_to_a_person_and_to_an_address(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana, bob = stage.persona("Ana"), stage.persona("Bob")
    await join(ana)
    for _ in range(2):
        await ana.presses("Send the code again")
        await mailing.send_due()
    await ana.presses("Send the code again")
    ana.sees("the next one in 60 minutes")
    await join(bob)
    bob.sees("three mails within an hour")
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    await join(ana)
    ana.sees("three mails within an hour")
    stage.clock.advance(3601)
    await ana.presses("Send the code again")
    assert await mailing.send_due() == 1


async def test_another_address_has_to_be_confirmed_again(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await mailing.send_due()
    await ana.says(f"/confirm {postbox.code}")
    await ana.says("/me")
    await ana.presses("Change something")
    await ana.presses("E-mail")
    await ana.says("new@example.org")
    ana.sees("new@example.org (not confirmed)", "sending a code")
    await mailing.send_due()
    assert postbox.letters[-1].to == "new@example.org"
    await ana.says(f"/confirm {postbox.code}")
    assert await confirmed(stage)


async def test_membership_waits_for_the_code_where_the_settings_say_so(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    stage.restart(settings_with(membership=MembershipSettings(email="required")))
    ana = stage.persona("Ana")
    await join(ana)
    ana.sees("begins when your e-mail address is confirmed")
    await mailing.send_due()
    await ana.says(f"/confirm {postbox.code}")
    ana.sees("You are a member of the network now")


async def test_a_server_that_fails_is_tried_again_with_another_code(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    postbox.errors = [MailError("busy", is_final=False)] * 2
    assert await mailing.send_due() == 0
    assert await mailing.send_due() == 0
    stage.clock.advance(RETRIES[0].total_seconds())
    assert await mailing.send_due() == 0
    stage.clock.advance(RETRIES[1].total_seconds())
    assert await mailing.send_due() == 1
    await ana.says(f"/confirm {postbox.code}")
    ana.sees("is confirmed")


async def test_a_mail_that_cannot_be_sent_is_said(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    postbox.errors = [MailError("no such user", is_final=True)]
    await mailing.send_due()
    await ana.says("/confirm 123456")
    ana.sees("could not be sent")


async def test_a_crash_while_sending_is_taken_over_after_the_lease(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    await join(stage.persona("Ana"))
    async with stage.database.begin() as store:
        assert len(await store.email_codes.claim(stage.clock.now())) == 1
    assert await mailing.send_due() == 0
    stage.clock.advance(timedelta(minutes=2).total_seconds())
    assert await mailing.send_due() == 1


async def test_the_mail_is_in_the_language_of_the_asker(
    stage: Stage, mailing: Mailing, postbox: Postbox
) -> None:
    ana: Persona = stage.persona("Ana", locale="fr")
    await ana.says("/join")
    for text in ("Ana", "ana@example.org", "Kenya", "farmer", "1", "Terre", "en", "news"):
        await ana.says(text)
    await ana.presses_action(next(b.action for b in ana.buttons if b.action.args == ("yes",)))
    await mailing.send_due()
    assert postbox.letters[0].language == "fr"


def test_mail_stays_on_the_machine_unless_a_server_is_set() -> None:
    assert isinstance(transport_for(EmailSettings()), ConsoleMail)
    assert isinstance(transport_for(EmailSettings(transport="smtp")), SmtpMail)


async def test_the_terminal_shows_the_letter() -> None:
    shown = io.StringIO()
    letter = Letter(to="ana@example.org", subject="Code", text="123 456\n", language="en")
    await ConsoleMail(shown).send(letter)
    assert "ana@example.org" in shown.getvalue()
    assert "123 456" in shown.getvalue()


class Server:
    """What the SMTP server does with what it gets."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.rcpt_answer = "250 OK"
        self.data_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return self.data_answer


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, EmailSettings]]:
    handler = Server()
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield (
            handler,
            EmailSettings(transport="smtp", host="127.0.0.1", port=port, security="none"),
        )


@pytest.mark.parametrize("address", ["ana+soil@example.org", "用户@例子.广告"])
async def test_letters_go_through_a_real_server(
    server: tuple[Server, EmailSettings], address: str
) -> None:
    handler, settings = server
    letter = Letter(to=address, subject="Код ✓", text="Ваш код: 123 456\n", language="ru")
    await SmtpMail(settings).send(letter)
    (envelope,) = handler.envelopes
    assert envelope.rcpt_tos == [address]
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "Код ✓"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "123 456" in message.get_content()


@pytest.mark.parametrize(
    ("field", "answer", "is_final"),
    [
        ("rcpt_answer", "550 no such user", True),
        ("rcpt_answer", "451 later", False),
        ("data_answer", "554 refused", True),
        ("data_answer", "452 full", False),
    ],
)
async def test_refusals_are_final_or_not(
    server: tuple[Server, EmailSettings], field: str, answer: str, is_final: bool
) -> None:
    handler, settings = server
    setattr(handler, field, answer)
    letter = Letter(to="a@example.org", subject="s", text="t", language="en")
    with pytest.raises(MailError) as caught:
        await SmtpMail(settings).send(letter)
    assert caught.value.is_final is is_final
    assert "a@example.org" not in str(caught.value)


async def test_no_server_is_worth_another_try() -> None:
    settings = EmailSettings(transport="smtp", host="127.0.0.1", port=1, security="none")
    letter = Letter(to="a@example.org", subject="s", text="t", language="en")
    with pytest.raises(MailError) as caught:
        await SmtpMail(settings).send(letter)
    assert not caught.value.is_final


async def test_a_name_with_a_line_break_cannot_add_headers(
    server: tuple[Server, EmailSettings],
) -> None:
    handler, settings = server
    letter = Letter(to="a@example.org\nBcc: x@example.org", subject="s", text="t", language="en")
    with pytest.raises(MailError) as caught:
        await SmtpMail(settings).send(letter)
    assert caught.value.is_final
    assert handler.envelopes == []
