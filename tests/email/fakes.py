"""An office that keeps everything in memory."""

from __future__ import annotations

from collections.abc import Sequence

from bot.adapters.email.judging import Refused, Returned
from bot.adapters.email.office import OfficeClosed, Place, Position, Thread, Trouble
from bot.adapters.email.reading import MailFile
from bot.adapters.email.tokens import Tokens
from bot.chat.events import ConversationRef, Event, IncomingFile, MessageReceived
from bot.chat.turn import Reply


class FakeOffice:
    """``events`` are those that ``dispatch`` took; ``is_closed`` stands for a lost database."""

    def __init__(self) -> None:
        self.at: Position | None = None
        self.events: list[MessageReceived] = []
        self.returns: list[Returned] = []
        self.refusals: list[Refused] = []
        self.troubles: list[Trouble | None] = []
        self.around = Thread(title="Lead", hint="Please write above this line.")
        self.forgotten: set[int] = set()
        self.files: dict[str, MailFile] = {}
        self.reply: Reply = None
        self.is_closed = False
        self.secret = b"s" * 32
        self._done: set[str] = set()

    async def dispatch(self, event: Event) -> Reply:
        """What the dispatcher does: each event once."""
        assert isinstance(event, MessageReceived)
        if self.is_closed or event.id in self._done:
            return None
        self._done.add(event.id)
        self.events.append(event)
        return self.reply

    async def tokens(self) -> Tokens:
        return Tokens(self.secret)

    async def position(self) -> Position | None:
        if self.is_closed:
            raise OfficeClosed("closed")
        return self.at

    async def advance(self, position: Position) -> None:
        self.at = position

    async def is_handled(self, digest: str) -> bool:
        return digest in self._done

    async def keep_files(
        self, number: int, digest: str, files: Sequence[MailFile]
    ) -> tuple[IncomingFile, ...]:
        kept = []
        for place, file in enumerate(files):
            handle = f"{digest}.{place}"
            self.files[handle] = file
            kept.append(
                IncomingFile(kind="document", handle=handle, name=file.name, size=len(file.data))
            )
        return tuple(kept)

    async def place(self, number: int, address: str) -> Place | None:
        if number in self.forgotten:
            return None
        where = ConversationRef(
            platform="email", chat_id=address, thread_id=str(number), is_private=False
        )
        return Place(where=where, language="fr")

    async def file(self, handle: str) -> bytes | None:
        found = self.files.get(handle)
        return None if found is None else found.data

    async def thread(self, to: ConversationRef, text: str) -> Thread:
        return self.around

    async def returned(self, verdict: Returned) -> None:
        self.returns.append(verdict)

    async def refused(self, digest: str, sender: str, verdict: Refused) -> None:
        self.refusals.append(verdict)

    async def trouble(self, trouble: Trouble | None) -> None:
        self.troubles.append(trouble)
