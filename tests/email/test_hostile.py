"""Mail that was made to do harm: nothing raises, and nothing takes for ever."""

from __future__ import annotations

import signal
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.email.html_text import html_to_text
from bot.adapters.email.judging import Accepted, Judge
from bot.adapters.email.reading import TEXT_LIMIT, Mail, read_mail
from bot.adapters.email.stripping import new_words
from bot.adapters.email.tokens import Tokens, find_tokens
from bot.adapters.email.winmail import unpack
from tests.email.letters import bounce, mail, tnef

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_TOKENS = Tokens(b"t" * 32)
_JUDGE = Judge(tokens=_TOKENS, own=frozenset({"insop@example.net"}))

HANGING = 120
"""Seconds after which something is taken to hang: none of these takes a tenth of that."""

_NAMES = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Return-Path",
     "Content-Transfer-Encoding", "Content-Disposition", "Auto-Submitted", "X-Failed-Recipients",
     "Authentication-Results", "MIME-Version", "Precedence"]
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["=?utf-8?q?=?=", "=?x?b?%%%?=", "<<>>", "a@b, c@d", "text/html; charset=hex", '"', "(((((",
         "multipart/mixed; boundary=b", "message/rfc822", "multipart/report", "base64", "uuencode",
         "message/delivery-status", "application/ms-tnef", "attachment; filename*0*=utf-8''%ff",
         "text/plain; charset=punycode", "Mon, 99 Foo 99999 99:99:99 +9999", "@", "<a@b>",
         "quoted-printable",
         "multipart/alternative; boundary=b", "attachment; filename==?utf-8?b?xx?="]
    ),
)  # fmt: skip
_HEADERS = st.lists(st.tuples(_NAMES, _VALUES), max_size=8)
_BODIES = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from(
            [b"--b\r\n", b"--b--\r\n", b"Content-Type: text/html\r\n\r\n<p>", b"\r\n", b"> x\r\n",
             b"Content-Type: message/rfc822\r\n\r\n", b"begin 644 x\r\n", b"<div><blockquote",
             b"\xff\xfe",
             b"From: x\r\nSent: y\r\nTo: z\r\n", b"On x wrote:\r\n", b"-- \r\n",
             "写道：\r\n".encode()]
        ),
        max_size=12,
    ).map(b"".join),
)  # fmt: skip


def _raw(headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{name}: {value}".encode("utf-8", "surrogatepass") for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@given(st.binary(max_size=2000))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_read(raw: bytes) -> None:
    assert isinstance(read_mail(raw), Mail)


@given(_HEADERS, _BODIES)
@settings(deadline=None, max_examples=300)
def test_any_headers_are_read(headers: list[tuple[str, str]], body: bytes) -> None:
    found = read_mail(_raw(headers, body))
    assert found.kind in ("letter", "automatic", "bounce", "unreadable")
    assert len(found.digest) == 32
    assert "\x00" not in found.text
    found.text.encode("utf-8")


@given(
    _HEADERS,
    st.sampled_from(["amina@example.org", "eve@example.com"]),
    st.integers(min_value=1, max_value=20),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16),
)
@settings(deadline=None, max_examples=200)
def test_no_mail_without_a_right_token_is_believed(
    headers: list[tuple[str, str]], sender: str, number: int, signature: str
) -> None:
    right = str(_TOKENS.make(7, "amina@example.org", _NOW))
    for token in (right, f"{number}-{right.split('-')[1]}-{signature}"):
        named = [*headers, ("From", sender), ("Subject", f"[INSOP #{number} · {token}]")]
        verdict = _JUDGE.judge(read_mail(_raw(named, b"x")), _NOW)
        if isinstance(verdict, Accepted):
            assert (token, verdict.number, number) == (right, 7, 7)
            assert verdict.address == sender == "amina@example.org"


@given(st.text(max_size=500))
@settings(deadline=None, max_examples=150)
def test_any_text_is_stripped_and_searched(text: str) -> None:
    assert set(new_words(text).split()) <= set(text.split())
    find_tokens(text)


@given(st.text(alphabet=st.sampled_from('<>/abdivtable"= &;quote'), max_size=300))
@settings(deadline=None, max_examples=150)
def test_any_html_is_read(html: str) -> None:
    assert isinstance(html_to_text(html), str)


@contextmanager
def _not_hanging() -> Iterator[None]:
    """Ends what does not end by itself; regular expressions let themselves be interrupted."""

    def end(number: int, frame: FrameType | None) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(HANGING)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _calls(raw: bytes) -> int:
    """How many functions are called while a mail is read, those of C included."""
    found = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    read_mail(raw)  # What is made once (codecs, patterns, tables) is made now.
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_mail(raw)
    finally:
        sys.setprofile(before)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """One thing over and over in a mail; ``times`` is as often as a mail of 25 MB could."""

    before: bytes = b"From: a@b.c\r\n\r\n"
    unit: bytes
    after: bytes = b""
    times: int

    def mail(self, times: int) -> bytes:
        """With so many of them."""
        return self.before + self.unit * times + self.after


_PLAIN = b"Content-Type: text/plain; charset=punycode\r\n\r\n"
_HTML = b"Content-Type: text/html\r\n\r\n"
_END = b"\r\n\r\nx"
_FLOODS = {
    "comments in a header": Flood(before=b"From: ", unit=b"(", after=_END, times=3_000_000),
    "encoded words": Flood(before=b"Subject: ", unit=b"=?u?q?", after=_END, times=500_000),
    "many headers": Flood(before=b"", unit=b"To: a@b.c\r\n", after=b"\r\nx", times=100_000),
    "references": Flood(before=b"References: ", unit=b"<a@b> ", after=_END, times=500_000),
    "charset": Flood(before=_PLAIN, unit=b"\xffa", times=2_000_000),
    "nested tables": Flood(before=_HTML, unit=b"<table><tr><td>", times=1_000_000),
    "wide": Flood(before=_HTML + b"<table><tr>", unit=b"<td>x</td>", times=100_000),
    "margins": Flood(before=_HTML + b"<p style='margin-top:", unit=b"9", after=b"em'>x", times=99),
    "introductions": Flood(unit=b"On wrote: ", times=1_000_000),
    "quotations": Flood(unit=b"Am schrieb x\n> y\n", times=500_000),
    "blocks of headers": Flood(unit=b"From: x\n", times=1_000_000),
    "empty lines": Flood(unit=b"\n", times=5_000_000),
    "spaces": Flood(unit=b" ", times=5_000_000),
}


@pytest.mark.parametrize("name", _FLOODS)
def test_the_work_grows_no_faster_than_the_mail(name: str) -> None:
    """Four times as much of anything takes at most about four times the steps."""
    flood = _FLOODS[name]
    for times in (100, 400, 1600):
        few, many = _calls(flood.mail(times)), _calls(flood.mail(times * 4))
        assert many <= few * 4.5 + 200, f"{few} calls for {times}, {many} for four times that"


@pytest.mark.parametrize("name", _FLOODS)
def test_a_flood_is_read_to_its_end(name: str) -> None:
    flood = _FLOODS[name]
    with _not_hanging():
        found = read_mail(flood.mail(flood.times))
    assert found.kind != "bounce"
    assert len(found.text) <= TEXT_LIMIT
    assert len(found.subject) + len(found.sender) + len(found.sender_name) <= 20_000
    assert len(found.references) + len(found.recipients) <= 1000


def test_parts_in_parts_are_refused() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(5000)
    )
    with _not_hanging():
        assert read_mail(raw).kind == "unreadable"


def test_many_parts_are_not_all_read() -> None:
    part = b"--b\r\nContent-Disposition: attachment; filename=x\r\n\r\ndata\r\n"
    raw = b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 50_000
    with _not_hanging():
        assert len(read_mail(raw).files) <= 20


def test_a_forged_winmail_ends_in_time() -> None:
    data = bytearray(tnef("x"))
    properties = b"\xff\xff\xff\xff" + b"\0" * 8
    data += b"\x01\x03\x90\x06\x00" + len(properties).to_bytes(4, "little") + properties + b"\0\0"
    data += b"\x01\x03\x90\x06\x00\xff\xff\xff\xff"
    with _not_hanging():
        assert unpack(bytes(data), seconds=1.5) is None


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=4)
def test_any_winmail_is_survived(data: bytes) -> None:
    unpack(tnef("x")[:20] + data)


def test_memory_is_bounded() -> None:
    part = ("a.bin", "application/octet-stream", b"\0" * 12_000_000)
    raw = mail("two files", files=(part, part)).as_bytes()
    tracemalloc.start()
    read_mail(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(raw)


def test_a_bounce_of_nothing() -> None:
    assert read_mail(bounce(b"")).kind == "bounce"
