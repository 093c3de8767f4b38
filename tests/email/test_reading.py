"""A mail taken apart: texts, files, headers, what nobody wrote, and what is too much."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.email.reading import FILES_LIMIT, RAW_LIMIT, TEXT_LIMIT, read_mail
from tests.email.letters import CONTACT, DESK, bounce, mail, tnef

BEFORE = "\n\nOn Mon, 23 Nov 2026 at 09:00, INSOP <insop@example.net> wrote:\n> an old question\n"


def test_a_plain_reply_is_its_new_words() -> None:
    found = read_mail(mail("Lime helps.\nAna" + BEFORE, In_Reply_To="<q@x>").as_bytes())
    assert (found.kind, found.sender, found.sender_name) == ("letter", CONTACT, "Amina")
    assert found.text == "Lime helps.\nAna"
    assert found.recipients == (DESK,)
    assert found.references == ("q@x",)
    assert found.message_id == "one@example.org"


def test_html_alone_is_read() -> None:
    html = (
        "<html><head><style>p {color: red}</style></head><body><p>Dear&nbsp;all,</p>"
        "<table><tr><td>Lead</td><td>300 mg/kg</td></tr></table><ul><li>wash</li></ul>"
        '<div class="gmail_quote">On Monday you wrote:<blockquote>old</blockquote></div>'
        "<p>Bye</p></body></html>"
    )
    text = read_mail(mail(html=html).as_bytes()).text
    assert "Dear all," in text
    assert "Lead 300 mg/kg" in text
    assert "wash" in text
    assert "Bye" in text
    assert "old" not in text
    assert "color" not in text


def test_of_two_forms_the_plain_one_is_taken() -> None:
    assert read_mail(mail("plain", html="<p>rich</p>").as_bytes()).text == "plain"


def test_an_empty_plain_form_gives_way_to_html() -> None:
    assert read_mail(mail("  \n", html="<p>rich</p>").as_bytes()).text == "rich"


def test_files_come_along_with_their_names() -> None:
    files = (("résumé.pdf", "application/pdf", b"%PDF"), ("..\\..\\evil.exe", "text/x-y", b"MZ"))
    found = read_mail(mail("see the files", files=files).as_bytes())
    assert [(each.name, each.data) for each in found.files] == [
        ("résumé.pdf", b"%PDF"),
        ("evil.exe", b"MZ"),
    ]


def test_files_beyond_25_megabytes_are_named() -> None:
    part = b"\0" * 9_000_000
    files = tuple((f"{n}.bin", "application/octet-stream", part) for n in range(3))
    found = read_mail(mail("three files", files=files).as_bytes())
    assert [each.name for each in found.files] == ["0.bin", "1.bin"]
    assert found.left_out == ("2.bin",)
    assert sum(len(each.data) for each in found.files) <= FILES_LIMIT


def test_a_mail_that_is_too_large_is_not_taken_apart() -> None:
    raw = mail("x").as_bytes() + b"\0" * RAW_LIMIT
    assert read_mail(raw).kind == "unreadable"


def test_invitations_and_signatures_of_the_mail_are_no_files() -> None:
    files = (
        ("invite.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("smime.p7s", "application/pkcs7-signature", b"x"),
    )
    assert read_mail(mail("hello", files=files).as_bytes()).files == ()


def test_winmail_is_opened() -> None:
    data = tnef("The answer is lime.", (("map.png", b"\x89PNG"),))
    message = mail("", files=(("winmail.dat", "application/ms-tnef", data),))
    found = read_mail(message.as_bytes())
    assert found.text == "The answer is lime."
    assert [(each.name, each.data) for each in found.files] == [("map.png", b"\x89PNG")]


def test_a_broken_winmail_is_passed_on_as_it_is() -> None:
    message = mail("see", files=(("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22oops"),))
    assert [each.name for each in read_mail(message.as_bytes()).files] == ["winmail.dat"]


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251", "iso-8859-5"])
def test_charsets(charset: str) -> None:
    body = "Добрый день".encode(charset)
    raw = (
        f"From: {CONTACT}\r\nContent-Type: text/plain; charset={charset}\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + body
    assert read_mail(raw).text == "Добрый день"


@pytest.mark.parametrize("charset", ["no-such", "punycode", "hex", "idna", '"', "utf-16"])
def test_charsets_that_are_none_are_guessed(charset: str) -> None:
    raw = f"From: {CONTACT}\r\nContent-Type: text/plain; charset={charset}\r\n\r\nsalé".encode()
    assert read_mail(raw).kind == "letter"


def test_encoded_words_are_decoded() -> None:
    raw = (
        b"From: =?utf-8?b?0JDQvdC90LA=?= <anna@example.org>\r\n"
        b"Subject: =?gb2312?B?xOO6ww==?=\r\n\r\nx"
    )
    found = read_mail(raw)
    assert (found.sender, found.sender_name, found.subject) == ("anna@example.org", "Анна", "你好")


@pytest.mark.parametrize(
    "line",
    [
        "From: amina@example.org, eve@example.com",
        "From: amina@example.org\r\nFrom: eve@example.com",
        "From: Undisclosed:;",
        "X: y",
        'From: "amina@example.org"',
    ],
)
def test_who_wrote_must_be_clear(line: str) -> None:
    assert read_mail(f"{line}\r\n\r\nx".encode()).sender == ""


def test_a_name_is_no_address() -> None:
    raw = b'From: "amina@example.org" <eve@example.com>\r\n\r\nx'
    assert read_mail(raw).sender == "eve@example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<soil.example.org>"},
        {"Return_Path": "<>"},
        {"subject": "Automatic reply: your question"},
        {"subject": "Réponse automatique : absence"},
        {"subject": "Fuera de la oficina"},
        {"subject": "Автоответ: вопрос"},
        {"subject": "رد تلقائي: سؤال"},
        {"subject": "自动回复: 问题"},
    ],
)
def test_what_no_person_wrote_is_known(headers: dict[str, Any]) -> None:
    assert read_mail(mail("I am away.", **headers).as_bytes()).kind == "automatic"


def test_auto_submitted_no_is_a_person() -> None:
    assert read_mail(mail("x", Auto_Submitted="no").as_bytes()).kind == "letter"


def test_a_bounce_tells_whom_and_what_it_is_about() -> None:
    sent = mail("q", to=CONTACT, message_id="<insop.t@example.net>").as_bytes()
    found = read_mail(bounce(sent))
    assert found.kind == "bounce"
    assert found.bounce is not None
    assert CONTACT in found.bounce.recipients
    assert "insop.t@example.net" in found.bounce.ids
    assert found.bounce.is_final


def test_a_delay_is_not_final() -> None:
    found = read_mail(bounce(mail("q").as_bytes(), action="delayed"))
    assert found.bounce is not None
    assert not found.bounce.is_final


def test_a_read_receipt_is_no_bounce() -> None:
    raw = (
        b"From: amina@example.org\r\nContent-Type: multipart/report; "
        b'report-type=disposition-notification; boundary="b"\r\n\r\n--b\r\n\r\nread\r\n--b--'
    )
    assert read_mail(raw).bounce is None


def test_copies_of_a_mail_are_one() -> None:
    message = mail("hello")
    one = message.as_bytes()
    two = b"Received: by another way\r\n" + one
    assert read_mail(one).digest == read_mail(two).digest


def test_a_taken_message_id_hides_no_other_mail() -> None:
    assert read_mail(mail("a").as_bytes()).digest != read_mail(mail("b").as_bytes()).digest
    other = mail("a", sender="eve@example.com").as_bytes()
    assert read_mail(mail("a").as_bytes()).digest != read_mail(other).digest


def test_long_texts_are_cut() -> None:
    found = read_mail(mail("word " * 10_000).as_bytes())
    assert len(found.text) <= TEXT_LIMIT
    assert found.is_cut


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X_INSOP_Assistant": "question"}, True),
        ({"message_id": "<insop.12-28u-cok4qxgz7rbiz2ij.X@example.net>"}, True),
        ({"message_id": "<insop.pollution@example.net>"}, False),
        ({}, False),
    ],
)
def test_our_own_mail_is_known_whoever_passes_it_on(
    headers: dict[str, Any], expected: bool
) -> None:
    assert read_mail(mail("x", **headers).as_bytes()).is_own is expected
