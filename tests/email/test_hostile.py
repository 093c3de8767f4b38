"""Mail that was made to do harm: nothing raises, and nothing takes for ever."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.email.html_text import html_to_text
from bot.adapters.email.judging import Accepted, Judge
from bot.adapters.email.reading import Mail, read_mail
from bot.adapters.email.stripping import new_words
from bot.adapters.email.tokens import Tokens, find_tokens
from bot.adapters.email.winmail import unpack
from tests.email.letters import bounce, mail, tnef

_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_TOKENS = Tokens(b"t" * 32)
_JUDGE = Judge(tokens=_TOKENS, own=frozenset({"insop@example.net"}))

SECONDS = 4.0
"""Of the processor's time; far above what any of these takes."""

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
def _bounded() -> Iterator[None]:
    started = time.thread_time()
    yield
    assert time.thread_time() - started < SECONDS


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"From: " + b"(" * 3_000_000 + b"\r\n\r\nx", id="comments in a header"),
        pytest.param(b"Subject: " + b"=?u?q?" * 500_000 + b"\r\n\r\nx", id="encoded words"),
        pytest.param(b"To: a@b.c\r\n" * 100_000 + b"\r\nx", id="many headers"),
        pytest.param(b"References: " + b"<a@b> " * 500_000 + b"\r\n\r\nx", id="references"),
        pytest.param(
            b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"\xffa" * 2_000_000,
            id="charset",
        ),
        pytest.param(
            b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 1_000_000, id="nested tables"
        ),
        pytest.param(
            b"Content-Type: text/html\r\n\r\n<table>" + b"<tr>" + b"<td>x</td>" * 100_000, id="wide"
        ),
        pytest.param(
            b"Content-Type: text/html\r\n\r\n<p style='margin-top:99999999em'>x", id="margins"
        ),
        pytest.param(b"From: a@b.c\r\n\r\n" + b"On wrote: " * 1_000_000, id="introductions"),
        pytest.param(b"From: a@b.c\r\n\r\n" + b"Am schrieb x\n> y\n" * 500_000, id="quotations"),
        pytest.param(b"From: a@b.c\r\n\r\n" + b"From: x\n" * 1_000_000, id="blocks of headers"),
        pytest.param(b"From: a@b.c\r\n\r\n" + b"\n" * 5_000_000, id="empty lines"),
        pytest.param(b"From: a@b.c\r\n\r\n" + b" " * 5_000_000, id="spaces"),
    ],
)
def test_time_is_bounded(raw: bytes) -> None:
    with _bounded():
        read_mail(raw)


def test_parts_in_parts_are_refused() -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(5000)
    )
    with _bounded():
        assert read_mail(raw).kind == "unreadable"


def test_many_parts_are_not_all_read() -> None:
    part = b"--b\r\nContent-Disposition: attachment; filename=x\r\n\r\ndata\r\n"
    raw = b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 50_000
    with _bounded():
        assert len(read_mail(raw).files) <= 20


def test_a_forged_winmail_ends_in_time() -> None:
    data = bytearray(tnef("x"))
    properties = b"\xff\xff\xff\xff" + b"\0" * 8
    data += b"\x01\x03\x90\x06\x00" + len(properties).to_bytes(4, "little") + properties + b"\0\0"
    data += b"\x01\x03\x90\x06\x00\xff\xff\xff\xff"
    started = time.perf_counter()
    assert unpack(bytes(data), seconds=1.5) is None
    assert time.perf_counter() - started < 1.5 + 10


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
