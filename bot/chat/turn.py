"""One turn: an event, who did it, and what a handler may use to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol, Self

from bot.chat.events import Event
from bot.chat.forms import Form
from bot.chat.messages import Delete, Edit, InlineResults, Message, Notice

if TYPE_CHECKING:
    from bot.chat.ports import Clock


class Role(IntEnum):
    """What somebody may do; each role may do all that the ones below it may."""

    ANYONE = 0
    MEMBER = 1
    EXPERT = 2
    SECRETARIAT = 3
    ADMIN = 4


class Translate(Protocol):
    """Gives interface texts in one language, with ``{name}`` placeholders filled in.

    ``language`` is that language. Values are escaped for the markup; pass ``bot.chat.markup.Raw``
    for text that is markup already.
    """

    @property
    def language(self) -> str: ...

    def __call__(self, text: str, /, **values: object) -> str: ...

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The person behind an account, as far as the assistant knows them.

    ``id`` is our own number. ``language`` is what they chose, or None. ``has_notices``: something
    may wait to be told. ``has_questions``: a question of theirs to a person is not closed.
    """

    id: int
    name: str
    role: Role = Role.ANYONE
    language: str | None = None
    has_notices: bool = False
    has_questions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """``store`` is the open unit of work (``bot.store.Store``); its transaction is the turn's.

    The middleware commits it when the handler returns, and rolls it back when it raises.
    """

    event: Event
    member: Member
    store: Any
    clock: Clock
    _: Translate
    notes: dict[str, str] = field(default_factory=dict)
    """Names for the log line of this turn (decision, article id): never texts."""

    def changed(self, **values: Any) -> Self:
        """The same turn with some fields replaced."""
        return replace(self, **values)


Single = Message | Form | Edit | Delete | Notice | InlineResults
Reply = Single | tuple[Single, ...] | None
"""What a handler returns: nothing, one thing, or several in order."""

Handler = Callable[[Turn], Awaitable[Reply]]
Middleware = Callable[[Turn, Handler], Awaitable[Reply]]
Dispatch = Callable[[Event], Awaitable[Reply]]
"""What an adapter calls for each event; never raises but for cancellation."""
