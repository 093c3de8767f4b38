"""What the e-mail adapter keeps and tells: ``bot.adapters.email.office.Office`` on the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bot.adapters.email.judging import Reason, Refused, Returned
from bot.adapters.email.office import OfficeClosed, Place, Position, Thread, Trouble
from bot.adapters.email.reading import MailFile
from bot.adapters.email.tokens import Tokens, same_address
from bot.chat.events import ConversationRef, IncomingFile
from bot.chat.markup import plain
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.troubles import Troubles
from bot.chat.turn import Translate
from bot.desk.relaying import Relay
from bot.desk.rendering import coarse, to_desk
from bot.desk.returning import mail_came_back
from bot.mail import LetterLinks
from bot.store import Database, Store
from bot.store.mail import KeptFile
from bot.store.outages import OUTAGES
from bot.translating import translator
from knowledge.library import Library

KEY: Final = "mail"
"""The purpose of the key that signs tokens."""
CAUSE: Final = "mailbox:in"
TITLE: Final = 70
"""Characters of the question in the subject."""
TRANSCRIPT: Final = 20
"""Messages that are quoted below a mail."""
TRANSCRIPT_LIMIT: Final = 8000


class MailOffice:
    """``desks`` are the chats of the configuration; open terminals of the secretariat count too."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        desks: Sequence[ConversationRef],
        library: Library,
        troubles: Troubles,
        language: str,
        mailbox: str,
        links: LetterLinks | None = None,
    ) -> None:
        self._links = links
        self._database = database
        self._clock = clock
        self._desks = tuple(desks)
        self._library = library
        self._troubles = troubles
        self._language = language
        self._translate = translator(language)
        self._mailbox = mailbox[:80]

    async def tokens(self) -> Tokens:
        """Signed with a key that this installation made for itself."""
        async with self._begin() as store:
            return Tokens(await store.site_keys.get(KEY, self._clock.now()))

    async def position(self) -> Position | None:
        """How far the mailbox was read."""
        async with self._begin() as store:
            found = await store.mail.position(self._mailbox)
        return None if found is None else Position(validity=found[0], uid=found[1])

    async def advance(self, position: Position) -> None:
        """The mailbox is read up to here."""
        async with self._begin() as store:
            now = self._clock.now()
            await store.mail.advance(self._mailbox, position.validity, position.uid, now)

    async def is_handled(self, digest: str) -> bool:
        """Whether a turn took this mail."""
        async with self._begin() as store:
            return await store.mail.is_handled(digest)

    async def keep_files(
        self, number: int, digest: str, files: Sequence[MailFile]
    ) -> tuple[IncomingFile, ...]:
        """Keep the files of a mail."""
        if not files:
            return ()
        kept = [
            KeptFile(name=file.name, media_type=file.media_type, data=file.data) for file in files
        ]
        async with self._begin() as store:
            if await store.questions.get(number) is None:
                return ()
            handles = await store.mail.keep(digest, number, kept, self._clock.now())
        return tuple(
            IncomingFile(
                kind="photo" if file.media_type in ("image/jpeg", "image/png") else "document",
                handle=handle,
                name=file.name,
                media_type=file.media_type,
                size=len(file.data),
            )
            for handle, file in zip(handles, files, strict=True)
        )

    async def place(self, number: int, address: str) -> Place | None:
        """The contact's place in the question, where there is one."""
        async with self._begin() as store:
            for each in await store.desk_threads.of(number):
                if each.platform == "email" and same_address(each.where.chat_id) == address:
                    return Place(where=each.where, language=self._language_of(address))
        return None

    async def file(self, handle: str) -> bytes | None:
        """A file's content."""
        async with self._begin() as store:
            found = await store.mail.file(handle)
        return None if found is None else found.data

    async def thread(self, to: ConversationRef, text: str) -> Thread:
        """The question's words as the title, the mails so far, and what ``text`` does not say."""
        number = int(to.thread_id)
        async with self._begin() as store:
            question = await store.questions.get(number)
            ids = await store.mail.thread(number, to.chat_id)
            messages = await store.question_messages.of(number)
            now = self._clock.now()
            mark = await store.letters.mark(to.chat_id, now)
            is_refused = await store.letters.has_refused(mark, "question")
        if question is None:
            return Thread(ids=ids, is_refused=is_refused)
        language = self._language_of(to.chat_id) or self._language
        _ = translator(language)
        said = [
            plain(to_desk(each, question, _).text)
            for each in messages[-TRANSCRIPT:]
            if plain(each.text) not in text or each.deleted_at is not None
        ]
        return Thread(
            title=f"{'🔴 ' if question.is_urgent else ''}{coarse(question.text)[:TITLE]}",
            ids=ids,
            hint=_("Please write your answer above this line."),
            transcript="\n\n".join(said)[-TRANSCRIPT_LIMIT:],
            stop=self._links.stop("question", mark, now, language) if self._links else None,
            stop_hint=_("No more questions by mail:"),
            is_refused=is_refused,
        )

    async def returned(self, verdict: Returned) -> None:
        """The copy counts as failed, and somebody else gets the question."""
        if not verdict.is_final:
            return
        async with self._begin() as store:
            now = self._clock.now()
            await store.mail.note_returned(verdict.address, verdict.ref, now)
            relay = Relay(self._library, self._desks, has_mail=True, language=self._language)
            await mail_came_back(store, relay, self._library, verdict.number, verdict.address, now)

    async def refused(self, digest: str, sender: str, verdict: Refused) -> None:
        """A line to the secretariat."""
        _ = self._translate
        reason = _reason(verdict.reason, _)
        if verdict.reason == "no token":
            text = _(
                "A mail from {sender} carries no mark of a question, so it was passed on to "
                "nobody. It lies unread in the mailbox; please look at it.",
                sender=sender or "?",
            )
        elif verdict.reason == "too many unmarked":
            text = _(
                "Many mails without a mark of a question come in. I do not name each of them any "
                "more; please look into the mailbox."
            )
        elif verdict.number is None:
            text = _(
                "A mail from {sender} was not taken as an answer: {reason}. It lies unread in the "
                "mailbox.",
                sender=sender or "?",
                reason=reason,
            )
        else:
            text = _(
                "A mail from {sender} about question {number} was not taken as an answer: "
                "{reason}. It lies unread in the mailbox.",
                sender=sender or "?",
                number=verdict.number,
                reason=reason,
            )
        await self._tell(f"mail:{digest}", text)

    async def trouble(self, trouble: Trouble | None) -> None:
        """Passed on to whoever watches the process."""
        if trouble is None:
            self._troubles.settle(CAUSE)
        else:
            self._troubles.report(CAUSE, trouble)

    def _language_of(self, address: str) -> str | None:
        """What a contact reads best, as far as ``contacts.toml`` tells."""
        for contact in self._library.everyone:
            if same_address(contact.email) == same_address(address) and contact.languages:
                return contact.languages[0]
        return None

    async def _tell(self, source: str, text: str) -> None:
        async with self._begin() as store:
            now = self._clock.now()
            for desk in (*self._desks, *await store.chats.desks("console")):
                await store.outbox.add(
                    source, desk, Message(text=text), lane=Lane.RELAY, on_unknown="resend", now=now
                )

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[Store]:
        try:
            async with self._database.begin() as store:
                yield store
        except OUTAGES as error:
            raise OfficeClosed(type(error).__name__) from error


def _reason(reason: Reason, _: Translate) -> str:
    reasons: dict[Reason, str] = {
        "wrong token": _("its mark does not fit its sender"),
        "expired token": _("its mark is too old"),
        "another question": _("its mark belongs to another question"),
        "unclear sender": _("it does not say clearly who sent it"),
        "not authenticated": _("the mail server could not confirm its sender"),
        "no such question": _("its question is not open to its sender"),
        "unreadable": _("it is too large or cannot be read"),
        "too many": _("too many mails came from one sender within an hour"),
    }
    return reasons.get(reason, reason)
