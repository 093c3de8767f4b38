"""E-mail as a platform: a conversation is one contact's mail about one question.

``chat_id`` is the contact's address and ``thread_id`` the question's number. Answers come in by
IMAP (``fetching``), are believed or not (``judging``), and go on as any message does.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final, Protocol

import structlog

from bot.adapters.email.composing import Return, compose
from bot.adapters.email.fetching import Fetching
from bot.adapters.email.inbound import event_of
from bot.adapters.email.judging import Accepted, Judge, Refused, Returned
from bot.adapters.email.mailbox import Mailbox
from bot.adapters.email.office import Office, OfficeClosed, Place
from bot.adapters.email.reading import Mail, read_mail
from bot.adapters.email.tokens import Tokens, same_address
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Undeliverable, Unreachable
from bot.chat.events import ConversationRef, Platform
from bot.chat.markup import plain
from bot.chat.messages import Edit, Message, SentMessage
from bot.chat.ports import Capabilities, Clock
from bot.chat.turn import Dispatch, Reply
from bot.config_mailbox import MailboxSettings
from bot.config_members import EmailSettings
from bot.mail import MailError
from bot.middleware import RateLimit

HOURLY: Final = 60
"""Mails of one sender in an hour that are dealt with; a loop of two programs is faster."""
BURST: Final = 40
UNMARKED_HOURLY: Final = 20
"""Mails without a mark that are told of one by one, whoever sent them; then one word for all."""
UNMARKED_BURST: Final = 10
LATER: Final = 300.0
"""Seconds after a server's "not now" (RFC 5321, 4.5.4.1 asks for patience)."""

_log = structlog.get_logger(__name__)


class Post(Protocol):
    """What carries a mail away."""

    async def deliver(self, mail: EmailMessage) -> None:
        """Hand one mail over; raises ``MailError``."""
        ...


class EmailAdapter:
    """``mailbox.host`` is None where nothing is read; mail is sent all the same."""

    def __init__(
        self,
        *,
        email: EmailSettings,
        mailbox: MailboxSettings,
        post: Post,
        office: Office,
        clock: Clock,
        pause: Callable[[float, asyncio.Event], Awaitable[None]],
        make_mailbox: Callable[[], Mailbox] | None = None,
    ) -> None:
        self._sender = email.sender
        self._settings = mailbox
        self._post = post
        self._office = office
        self._clock = clock
        self._pause = pause
        self._make_mailbox = make_mailbox or (lambda: Mailbox(mailbox))
        own = same_address(parseaddr(email.sender)[1])
        address = same_address(mailbox.address or own)
        self._own = frozenset({own, address})
        self._way = Return(
            address=address, has_plus=mailbox.plus_addressing, domain=own.rpartition("@")[2]
        )
        self._pace = RateLimit(clock, rate=HOURLY / 3600, burst=BURST)
        self._unmarked = RateLimit(clock, rate=UNMARKED_HOURLY / 3600, burst=UNMARKED_BURST)
        self._tokens: Tokens | None = None

    @property
    def platform(self) -> Platform:
        """``email``."""
        return "email"

    @property
    def capabilities(self) -> Capabilities:
        """Long texts and large files; what is sent is sent."""
        return Capabilities(
            has_forms=False,
            has_ephemeral=False,
            can_edit=False,
            can_delete=False,
            text_limit=100_000,
            attachment_limit=self._settings.attachments_mb * 1_000_000,
        )

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Read the mailbox until ``stop`` is set; without one, just wait."""
        if self._settings.host is None:
            await stop.wait()
            return
        fetching = Fetching(
            make=self._make_mailbox,
            office=self._office,
            clock=self._clock,
            handle=lambda raw: self.receive(raw, dispatch),
            poll=self._settings.poll,
            pause=self._pause,
        )
        await fetching.run(stop)

    async def receive(self, raw: bytes, dispatch: Dispatch) -> bool:
        """Deal with one mail; False where it is none of ours and stays as it is."""
        mail = await asyncio.to_thread(read_mail, raw)
        judge = Judge(
            tokens=await self._signer(),
            own=self._own,
            server=self._settings.authentication_server,
        )
        verdict = judge.judge(mail, self._clock.now())
        place = None
        if isinstance(verdict, Accepted):
            place = await self._office.place(verdict.number, verdict.address)
            if place is None:
                verdict = Refused(reason="no such question", number=verdict.number)
            elif self._pace.take(verdict.address).wait:
                verdict = Refused(reason="too many", number=verdict.number)
        match verdict:
            case Accepted():
                assert place is not None
                await self._accept(mail, verdict, place, dispatch)
                return True
            case Returned():
                _log.info("mail.returned", question=verdict.number, is_final=verdict.is_final)
                await self._office.returned(verdict)
                return True
            case Refused():
                _log.info("mail.refused", reason=verdict.reason, question=verdict.number)
                await self._tell(mail, verdict)
                return verdict.reason == "own mail"

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Hand one mail over; a repeat with the same ``nonce`` has the same Message-ID."""
        try:
            number = int(to.thread_id)
        except ValueError as error:
            raise Undeliverable("a mail that belongs to no question") from error
        now = self._clock.now()
        try:
            thread = await self._office.thread(to, plain(message.text))
            if thread.is_refused:
                await self._came_back(number, to.chat_id)
                raise Undeliverable("mails are not wanted there")
            token = (await self._signer()).make(number, to.chat_id, now)
            mail, local = compose(
                message,
                to=to.chat_id,
                sender=self._sender,
                way=self._way,
                token=token,
                nonce=nonce,
                thread=thread,
                now=now,
                limit=self.capabilities.attachment_limit,
            )
            await self._post.deliver(mail)
        except OfficeClosed as error:
            raise Unreachable("nothing was composed") from error
        except MailError as error:
            if error.is_final and error.is_address:
                await self._came_back(number, to.chat_id)
            raise _delivery_error(error) from error
        except ValueError as error:
            raise Undeliverable("not an address") from error
        return SentMessage(message_id=local)

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Send the new words: a mail cannot be changed."""
        # A number of its own for each version: mail programs show a number once.
        version = hashlib.blake2b(message.text.encode("utf-8", "replace"), digest_size=7)
        await self.send(to, message, nonce=f"e{version.hexdigest()}")

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """A mail cannot be taken back."""
        raise Undeliverable("a mail cannot be taken back")

    async def download(self, to: ConversationRef, handle: str) -> bytes:
        """The bytes of an ``IncomingFile`` of a mail; raises ``DeliveryError``."""
        try:
            found = await self._office.file(handle)
        except OfficeClosed as error:
            raise Unreachable("the database is away") from error
        if found is None:
            raise Undeliverable("the file is gone")
        return found

    async def _tell(self, mail: Mail, verdict: Refused) -> None:
        """Somebody of the secretariat should look at it; a flood of strangers' mail is one word."""
        if verdict.reason == "no token":
            pace = self._unmarked.take("")
            if pace.wait and not pace.is_first:
                return
            verdict = Refused(reason="too many unmarked") if pace.wait else verdict
        if verdict.is_for_people:
            await self._office.refused(mail.digest, mail.sender, verdict)

    async def _accept(
        self, mail: Mail, verdict: Accepted, place: Place, dispatch: Dispatch
    ) -> None:
        files = await self._office.keep_files(verdict.number, mail.digest, mail.files)
        event = event_of(mail, verdict, place, files, self._clock.now())
        reply = await dispatch(event)
        if not await self._office.is_handled(mail.digest):
            raise OfficeClosed("a mail was not dealt with")
        if not verdict.is_automatic:
            await self._answer(event.conversation, reply, mail.digest)

    async def _answer(self, to: ConversationRef, reply: Reply, digest: str) -> None:
        parts = reply if isinstance(reply, tuple) else (reply,)
        for part in parts:
            message = part.message if isinstance(part, Edit) else part
            if isinstance(message, Message):
                try:
                    await self.send(to, message, nonce=f"r{digest[:12]}")
                except DeliveryError as error:
                    _log.warning("mail.unanswered", error=type(error).__name__)

    async def _came_back(self, number: int, address: str) -> None:
        """Refused at the door is as good as returned."""
        verdict = Returned(number=number, address=same_address(address), ref="", is_final=True)
        try:
            await self._office.returned(verdict)
        except OfficeClosed:
            _log.warning("mail.untold", question=number)

    async def _signer(self) -> Tokens:
        if self._tokens is None:
            self._tokens = await self._office.tokens()
        return self._tokens


def _delivery_error(error: MailError) -> DeliveryError:
    if error.is_final:
        return Undeliverable(str(error))
    if error.is_unsent:
        return Unreachable(str(error))
    return Ambiguous(str(error)) if error.is_in_doubt else RateLimited(LATER)
