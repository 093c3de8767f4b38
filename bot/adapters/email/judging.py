"""Whether a mail counts: for which question, as what, or why not. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.adapters.email.reading import Mail
from bot.adapters.email.tokens import Token, Tokens, find_tokens

Reason = Literal[
    "own mail", "no token", "wrong token", "expired token", "another question", "unclear sender",
    "not authenticated", "no such question", "unreadable", "too many", "too many unmarked",
    "about nothing",
]  # fmt: skip

_NUMBER: Final = re.compile(r"\[INSOP\s+#(\d{1,12})\b", re.IGNORECASE)
_PASSED: Final = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*pass\b([^;]*)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_DOMAIN: Final = re.compile(
    r"\b(?:header\.(?:d|from|i)|smtp\.(?:mailfrom|from))\s*=\s*\"?(?:[^\s;\"@]*@)?([^\s;\"]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Words of the contact ``address`` about question ``number``."""

    number: int
    address: str
    is_automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Mail about question ``number`` did not reach ``address``; ``ref`` is its id before the @."""

    number: int
    address: str
    ref: str
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """``number`` is the question that the mail claims to be about, where it claims one."""

    reason: Reason
    number: int | None = None

    @property
    def is_for_people(self) -> bool:
        """Whether a person may have written it, so that somebody should look at it."""
        return self.reason not in ("own mail", "about nothing")


Verdict = Accepted | Returned | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """``server`` is the name of the receiving server in Authentication-Results; None: not asked."""

    tokens: Tokens
    own: frozenset[str]
    server: str | None = None

    def judge(self, mail: Mail, now: datetime) -> Verdict:
        """What to do with a mail."""
        if mail.kind == "unreadable":
            return Refused(reason="unreadable")
        if mail.bounce is not None:
            return self._judge_bounce(mail, now)
        if mail.is_own or mail.sender in self.own:
            return Refused(reason="own mail")
        claimed = _NUMBER.search(mail.subject)
        found = _tokens_of(mail)
        number = int(claimed[1]) if claimed else found[0].number if found else None
        if not found and claimed is None:
            # Newsletters and notices are nobody's words; anything else a person should see.
            return Refused(reason="about nothing" if mail.kind == "automatic" else "no token")
        if not found:
            return Refused(reason="wrong token", number=number)
        if not mail.sender:
            return Refused(reason="unclear sender", number=number)
        verdicts = [self.tokens.check(token, mail.sender, now) for token in found]
        if "right" not in verdicts:
            reason: Reason = "expired token" if "expired" in verdicts else "wrong token"
            return Refused(reason=reason, number=number)
        token = found[verdicts.index("right")]
        if claimed is not None and int(claimed[1]) != token.number:
            return Refused(reason="another question", number=number)
        if self.server is not None and not is_authenticated(mail, self.server):
            return Refused(reason="not authenticated", number=number)
        return Accepted(
            number=token.number, address=mail.sender, is_automatic=mail.kind == "automatic"
        )

    def _judge_bounce(self, mail: Mail, now: datetime) -> Verdict:
        """Only a report that quotes an id made here, for one of the addresses it names, counts."""
        assert mail.bounce is not None
        for ref in mail.bounce.ids:
            for token in find_tokens(ref):
                for address in mail.bounce.recipients:
                    if self.tokens.check(token, address, now) != "wrong":
                        return Returned(
                            number=token.number,
                            address=address,
                            ref=ref.partition("@")[0],
                            is_final=mail.bounce.is_final,
                        )
        return Refused(reason="about nothing")


def is_authenticated(mail: Mail, server: str) -> bool:
    """Whether our own server found that the author's domain stands behind the mail (RFC 8601).

    Only its own topmost header counts: those below may have come with the mail.
    """
    if not mail.results:
        return False
    name, _, results = mail.results[0].partition(";")
    if name.strip().split(" ")[0].lower() != server.lower():
        return False
    domain = mail.sender.rpartition("@")[2]
    # What is quoted or in brackets may have been chosen by the sender.
    for match in _PASSED.finditer(_COMMENT.sub(" ", results)):
        for found in _DOMAIN.findall(match[2]):
            other = found.lower().strip(".")
            if other == domain or domain.endswith(f".{other}") or other.endswith(f".{domain}"):
                return True
    return False


def _tokens_of(mail: Mail) -> list[Token]:
    """From the address that was answered, the subject, the mails it refers to, in this order."""
    plus = " ".join(address.partition("+")[2] for address in mail.recipients)
    return find_tokens(f"{plus} {mail.subject} {' '.join(mail.references)}")
