"""``insop doctor`` on the mailbox."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from bot.commands.doctor_places import examine_mailbox
from bot.config import EmailSettings, Settings
from tests.email.servers import ImapServer

SMTP = EmailSettings(transport="smtp", host="localhost", security="none")


async def test_without_a_mailbox_contacts_are_not_written_to() -> None:
    found = await examine_mailbox(Settings())
    assert found.state == "missing"
    assert "[mailbox] host" in found.text


async def test_a_mailbox_that_can_be_read(imap: ImapServer) -> None:
    found = await examine_mailbox(Settings(mailbox=imap.settings(), email=SMTP))
    assert found.state == "good"
    printed = await examine_mailbox(Settings(mailbox=imap.settings()))
    assert printed.state == "missing"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": SecretStr("wrong")}, "log-in"),
        ({"folder": "Nowhere"}, "folder"),
        ({"security": "tls"}, "secure"),
        ({"port": 1}, "Error"),
    ],
)
async def test_what_is_wrong_is_named(
    imap: ImapServer, changes: dict[str, Any], reason: str
) -> None:
    found = await examine_mailbox(Settings(mailbox=imap.settings(**changes), email=SMTP))
    assert found.state == "bad"
    assert reason in found.text
    assert "wrong" not in found.text
