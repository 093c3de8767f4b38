"""Mail that leaves: headers of a thread, a way back, files within limits, on a real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from bot.adapters.email.composing import Return, compose
from bot.adapters.email.console import ConsoleMail
from bot.adapters.email.judging import Judge, is_authenticated
from bot.adapters.email.office import Thread
from bot.adapters.email.reading import read_mail
from bot.adapters.email.stripping import MARKER
from bot.adapters.email.tokens import VALID_FOR, Tokens, find_tokens
from bot.chat.errors import RateLimited, Undeliverable, Unreachable
from bot.chat.events import ConversationRef
from bot.chat.messages import Attachment, LinkButton, Message
from tests.email.conftest import Desk
from tests.email.letters import CONTACT, DESK, mail

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKENS = Tokens(b"k" * 32)
WHERE = ConversationRef(platform="email", chat_id=CONTACT, thread_id="12")
PLUS = Return(address=DESK, has_plus=True, domain="example.net")
PLAIN = Return(address=DESK, has_plus=False, domain="example.net")


def test_a_token_is_for_one_question_and_one_address() -> None:
    token = TOKENS.make(12, CONTACT, NOW)
    assert TOKENS.check(token, CONTACT.upper(), NOW) == "right"
    assert TOKENS.check(token, "eve@example.com", NOW) == "wrong"
    assert Tokens(b"x" * 32).check(token, CONTACT, NOW) == "wrong"
    (found,) = find_tokens(f"desk+{str(token).upper()}@example.org")
    assert found == token
    for change in ({"number": 13}, {"expiry": "zzzz"}, {"signature": "a" * 16}):
        other = type(token)(**{**{n: getattr(token, n) for n in token.__slots__}, **change})
        assert TOKENS.check(other, CONTACT, NOW) == "wrong"


def test_a_token_grows_old() -> None:
    token = TOKENS.make(12, CONTACT, NOW)
    assert TOKENS.check(token, CONTACT, NOW + VALID_FOR) == "right"
    assert TOKENS.check(token, CONTACT, NOW + VALID_FOR + timedelta(days=32)) == "expired"


def test_a_thread_keeps_its_subject_for_a_month_or_so() -> None:
    day = timedelta(days=1)
    made = {str(TOKENS.make(12, CONTACT, NOW + n * day)) for n in range(30)}
    assert len(made) <= 2


def _compose(message: Message, way: Return = PLAIN, **values: object) -> tuple[EmailMessage, str]:
    options: dict[str, object] = {
        "to": CONTACT,
        "sender": f"INSOP <{DESK}>",
        "way": way,
        "token": TOKENS.make(12, CONTACT, NOW),
        "nonce": "NONCE" * 4,
        "thread": Thread(),
        "now": NOW,
        "limit": 1000,
    }
    return compose(message, **{**options, **values})  # type: ignore[arg-type] # As above.


def test_the_way_back_stands_in_subject_or_address() -> None:
    token = str(TOKENS.make(12, CONTACT, NOW))
    sent, local = _compose(Message(title="Lead in\nmy garden", text="How deep?"))
    assert sent["Subject"] == f"[INSOP #12 · {token}] Lead in my garden"
    assert sent["Reply-To"] == DESK
    assert sent["Message-ID"] == f"<{local}@example.net>"
    assert len(local) <= 64
    plus, _ = _compose(Message(title="Lead", text="How deep?"), PLUS)
    assert plus["Subject"] == "[INSOP #12] Lead"
    assert plus["Reply-To"] == f"insop+{token}@example.net"


def test_nobodys_machine_answers() -> None:
    sent, _ = _compose(Message(text="x"))
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["X-Auto-Response-Suppress"] == "All"
    assert read_mail(sent.as_bytes()).kind == "automatic"


def test_mails_of_a_question_hang_together() -> None:
    first, local = _compose(Message(text="x"))
    assert first["References"] == "<insop.12@example.net>"
    later, _ = _compose(Message(text="y"), thread=Thread(ids=[local, "answer@example.org"]))
    assert later["In-Reply-To"] == "<answer@example.org>"
    assert later["References"] == (
        f"<insop.12@example.net> <{local}@example.net> <answer@example.org>"
    )
    many = [f"{n}@example.org" for n in range(100)]
    ids = str(_compose(Message(text="z"), thread=Thread(ids=many))[0]["References"]).split()
    assert len(ids) == 20
    assert ids[0] == "<insop.12@example.net>"


def test_the_same_row_makes_the_same_mail() -> None:
    assert _compose(Message(text="x"))[1] == _compose(Message(text="x"))[1]
    assert _compose(Message(text="x"), nonce=None)[1] != _compose(Message(text="x"), nonce=None)[1]


def test_the_words_are_plain_and_below_the_line() -> None:
    message = Message(
        text="**Question 12**\n> quoted\n[source](https://example.org)",
        rows=((LinkButton(label="Read on", url="https://example.org/12"),),),
    )
    thread = Thread(hint="Please write above this line.", transcript="Ana:\nwhat was before")
    text = _compose(message, thread=thread)[0].get_content().replace("\r", "")
    assert text.endswith("\n> Ana:\n> what was before\n")
    assert text.splitlines()[0] == f"{MARKER} Please write above this line."
    assert "Question 12\n> quoted\nsource (https://example.org)" in text
    assert "Read on: https://example.org/12" in text


@pytest.mark.parametrize("text", ["السلام عليكم", "你好", "Здравствуйте", "x" * 3000])
def test_any_script_arrives_as_it_is(text: str) -> None:
    sent, _ = _compose(Message(title=text[:50], text=text))
    assert text in sent.get_content()
    assert all(len(line) <= 998 for line in sent.as_bytes().split(b"\r\n"))
    assert text[:50] in read_mail(sent.as_bytes()).subject


def test_files_beyond_the_limit_are_named() -> None:
    files = tuple(
        Attachment(name=name, media_type="image/png", data=b"x" * size)
        for name, size in (("a.png", 600), ("b.png", 600), ("c.png", 300))
    )
    sent, _ = _compose(Message(text="x", attachments=files))
    assert [part.get_filename() for part in sent.iter_attachments()] == ["a.png", "c.png"]
    assert "b.png" in sent.get_body(("plain",)).get_content()


def test_a_name_cannot_add_a_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        _compose(Message(text="x"), sender="INSOP <a@b.org>\r\nBcc: eve@example.com")


async def test_a_question_reaches_a_real_server(desk: Desk) -> None:
    token = await desk.ask(text="How deep?")
    (sent,) = desk.smtp.mails
    assert sent["To"] == CONTACT
    assert token in sent["Subject"]
    assert "How deep?" in sent.get_content()


async def test_a_refused_address_is_final(desk: Desk) -> None:
    desk.smtp.refusals[CONTACT] = "550 no such user"
    with pytest.raises(Undeliverable):
        await desk.adapter.send(WHERE, Message(text="x"))
    assert [(each.number, each.address) for each in desk.office.returns] == [(12, CONTACT)]


async def test_a_busy_server_is_asked_again(desk: Desk) -> None:
    desk.smtp.refusals[CONTACT] = "450 later"
    with pytest.raises(RateLimited):
        await desk.adapter.send(WHERE, Message(text="x"))


async def test_a_server_that_is_not_there_took_nothing(desk: Desk) -> None:
    desk.smtp.stop()
    with pytest.raises(Unreachable):
        await desk.adapter.send(WHERE, Message(text="x"))


@pytest.mark.parametrize(
    "where",
    [
        ConversationRef(platform="email", chat_id=CONTACT),
        ConversationRef(platform="email", chat_id="not an address", thread_id="12"),
    ],
)
async def test_what_is_no_address_is_final(desk: Desk, where: ConversationRef) -> None:
    with pytest.raises(Undeliverable):
        await desk.adapter.send(where, Message(text="x"))


async def test_a_trial_machine_prints(capsys: pytest.CaptureFixture[str]) -> None:
    sent, _ = _compose(Message(title="Lead", text="How deep?"))
    await ConsoleMail().deliver(sent)
    printed = capsys.readouterr().out
    assert "How deep?" in printed
    assert CONTACT in printed


RESULTS = "mx.example.net; spf=pass smtp.mailfrom=amina@example.org; dkim=none"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([RESULTS], True),
        (["mx.example.net; dkim=pass header.d=example.org"], True),
        (["mx.example.net; dmarc=pass (p=none) header.from=example.org"], True),
        (["mx.example.net 1; dkim=pass header.i=@mail.example.org"], True),
        (["mx.example.net; spf=pass smtp.mailfrom=eve@example.com"], False),
        (["mx.example.net; dkim=fail header.d=example.org"], False),
        (['mx.example.net; dkim=fail reason="dkim=pass header.d=example.org"'], False),
        (["mx.example.net; spf=fail (dkim=pass header.d=example.org) smtp.mailfrom=e@x.y"], False),
        (["evil.example; dkim=pass header.d=example.org"], False),
        (["mx.example.net; none", RESULTS], False),
        ([], False),
    ],
)
def test_only_what_our_own_server_found_counts(results: list[str], expected: bool) -> None:
    message = mail("x")
    for value in results:
        message["Authentication-Results"] = value
    assert is_authenticated(read_mail(message.as_bytes()), "mx.example.net") is expected


def test_authentication_is_asked_for_only_where_it_is_set_up() -> None:
    token = TOKENS.make(12, CONTACT, NOW)
    found = read_mail(mail("x", subject=f"[INSOP #12 · {token}]").as_bytes())
    asked = Judge(tokens=TOKENS, own=frozenset({DESK}), server="mx.example.net")
    assert asked.judge(found, NOW).reason == "not authenticated"  # type: ignore[union-attr] # Refused.
    unasked = Judge(tokens=TOKENS, own=frozenset({DESK}))
    assert unasked.judge(found, NOW).number == 12


def test_a_quoted_id_is_enough() -> None:
    """Somebody's mail program dropped the mark from the subject."""
    sent, local = _compose(Message(text="x"))
    found = read_mail(mail("x", subject="Re:", In_Reply_To=sent["Message-ID"]).as_bytes())
    verdict = Judge(tokens=TOKENS, own=frozenset({DESK})).judge(found, NOW)
    assert verdict.number == 12
    assert local in found.references[0]


async def test_a_change_is_a_mail_of_its_own(desk: Desk) -> None:
    for text in ("first words", "second words", "second words"):
        await desk.adapter.edit(WHERE, "insop.x", Message(text=text))
    ids = [sent["Message-ID"] for sent in desk.smtp.mails]
    assert ids[0] != ids[1] == ids[2]
