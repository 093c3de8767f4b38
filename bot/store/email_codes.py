"""Codes that confirm an e-mail address: six digits, ten minutes, five tries, three mails an hour.

The row is the mail's own outbox: whoever sends it makes the code at that moment, so that the
code itself stands nowhere but in the mail.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.schema_members import email_code

DIGITS: Final = 6
VALID_FOR: Final = timedelta(minutes=10)
MAX_TRIES: Final = 5
MAX_MAILS: Final = 3
WINDOW: Final = timedelta(hours=1)
"""In which ``MAX_MAILS`` may go to one address, and to one person."""
LEASE: Final = timedelta(minutes=2)
"""How long a mail may take before another process tries."""

Verdict = Literal["right", "wrong", "spent", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMail:
    """A mail to send now, with the code that was just made for it."""

    id: int
    email: str
    code: str
    language: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asked for a mail. ``is_used``: the address was confirmed by it already."""

    person_id: int
    email: str
    language: str
    is_used: bool


class EmailCodes:
    """At most one code of a person counts: the last one asked for."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def request(
        self, person_id: int, email: str, language: str, now: datetime
    ) -> timedelta | None:
        """Queue a mail; else the time until another may be asked for."""
        mark = address_mark(email)
        recent: list[datetime] = list(
            await self._connection.scalars(
                select(email_code.c.requested_at)
                .where(
                    or_(email_code.c.person_id == person_id, email_code.c.address_mark == mark),
                    email_code.c.requested_at > now - WINDOW,
                )
                .order_by(email_code.c.requested_at)
            )
        )
        if len(recent) >= MAX_MAILS:
            return recent[-MAX_MAILS] + WINDOW - now
        await self.void(person_id)
        await self._connection.execute(
            insert(email_code).values(
                person_id=person_id,
                email=email,
                address_mark=mark,
                language=language,
                state="wanted",
                due_at=now,
                requested_at=now,
                expires_at=now + WINDOW,
            )
        )
        return None

    async def void(self, person_id: int) -> None:
        """Let no code of this person count any more."""
        await self._connection.execute(
            update(email_code)
            .where(
                email_code.c.person_id == person_id,
                email_code.c.state.in_(("wanted", "sending", "sent")),
            )
            .values(state="void", email=None, code_hash=None)
        )

    async def claim(self, now: datetime, limit: int = 10) -> list[CodeMail]:
        """Mails that are due, each with a fresh code; held for ``LEASE``."""
        due = (
            select(email_code.c.id)
            .where(
                email_code.c.state.in_(("wanted", "sending")),
                email_code.c.due_at <= now,
                email_code.c.expires_at > now,
            )
            .order_by(email_code.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        mails = []
        for number in list(await self._connection.scalars(due)):
            code, salt = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_hex(16)
            row = (
                await self._connection.execute(
                    update(email_code)
                    .where(email_code.c.id == number)
                    .values(
                        state="sending",
                        code_hash=_digest(code, salt),
                        salt=salt,
                        tries=0,
                        attempts=email_code.c.attempts + 1,
                        due_at=now + LEASE,
                        expires_at=now + VALID_FOR,
                    )
                    .returning(email_code.c.email, email_code.c.language, email_code.c.attempts)
                )
            ).one()
            mails.append(
                CodeMail(
                    id=number,
                    email=row.email,
                    code=code,
                    language=row.language,
                    attempts=row.attempts,
                )
            )
        return mails

    async def settle(self, number: int, now: datetime, *, retry_in: timedelta | None) -> None:
        """The mail left (None), or is to be tried again after ``retry_in``."""
        values: dict[str, object] = {"state": "sent"}
        if retry_in is not None:
            values = {"state": "wanted", "due_at": now + retry_in, "expires_at": now + WINDOW}
        await self._connection.execute(
            update(email_code)
            .where(email_code.c.id == number, email_code.c.state == "sending")
            .values(**values)
        )

    async def give_up(self, number: int) -> None:
        """The mail cannot be sent at all."""
        await self._connection.execute(
            update(email_code)
            .where(email_code.c.id == number)
            .values(state="failed", email=None, code_hash=None)
        )

    async def is_failed(self, person_id: int) -> bool:
        """Whether the last mail asked for could not be sent."""
        state = await self._connection.scalar(
            select(email_code.c.state)
            .where(email_code.c.person_id == person_id)
            .order_by(email_code.c.id.desc())
            .limit(1)
        )
        return state == "failed"

    async def check(self, person_id: int, code: str, now: datetime) -> tuple[Verdict, str]:
        """Try a code; returns the address that it confirms when it is right.

        ``spent``: too old or tried too often; ``none``: no code was asked for.
        """
        row = (
            await self._connection.execute(
                select(email_code)
                .where(
                    email_code.c.person_id == person_id,
                    email_code.c.state.in_(("sending", "sent")),
                    email_code.c.code_hash.is_not(None),
                )
                .order_by(email_code.c.id.desc())
                .limit(1)
                .with_for_update()
            )
        ).first()
        if row is None:
            return "none", ""
        if row.expires_at <= now or row.tries >= MAX_TRIES:
            return "spent", ""
        values: dict[str, object] = {"tries": row.tries + 1}
        is_right = hmac.compare_digest(_digest(code, row.salt), row.code_hash)
        if is_right:
            values = {"state": "used", "email": None, "code_hash": None}
        await self._connection.execute(
            update(email_code).where(email_code.c.id == row.id).values(**values)
        )
        if is_right:
            return "right", str(row.email)
        return ("spent" if row.tries + 1 >= MAX_TRIES else "wrong"), ""

    async def asked(self, number: int, attempt: int, now: datetime) -> Asked | None:
        """Whose mail it was, for the link in it; None where it does not count any more.

        ``attempt`` is the mail's: one that was sent again after a failure made the first void.
        Holds the row, so that two presses come one after the other.
        """
        row = (
            await self._connection.execute(
                select(email_code)
                .where(email_code.c.id == number, email_code.c.attempts == attempt)
                .with_for_update()
            )
        ).first()
        if row is None or row.person_id is None:
            return None
        is_used = row.state == "used"
        is_waiting = row.state in ("sending", "sent") and row.expires_at > now
        if not is_used and not is_waiting:
            return None
        return Asked(
            person_id=row.person_id,
            email=row.email or "",
            language=row.language,
            is_used=is_used,
        )

    async def use(self, number: int) -> None:
        """The link of a mail was used: neither it nor the code counts again."""
        await self._connection.execute(
            update(email_code)
            .where(email_code.c.id == number)
            .values(state="used", email=None, code_hash=None)
        )

    async def forget_before(self, moment: datetime) -> int:
        """Drop what was asked for before ``moment``; returns how many."""
        result = await self._connection.execute(
            delete(email_code).where(email_code.c.requested_at < moment)
        )
        return int(result.rowcount)


def address_mark(email: str) -> int:
    """24 bits of a digest: one address in 16 million shares them, so they name nobody."""
    digest = hashlib.sha256(b"insop-mail\0" + email.lower().encode()).digest()
    return int.from_bytes(digest[:3], "big")


def _digest(code: str, salt: str) -> str:
    """A slow hash: a million codes are few (RFC 7914, scrypt; some 10 ms each)."""
    raw = hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1, dklen=32)
    return raw.hex()
