"""What the adapter keeps between two requests: half-filled forms, and what was last synced.

Both are small protocols; the ones in memory serve tests and processes without a store.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol

from bot.chat.forms import Field, Form
from bot.chat.messages import Choice

_MEMORY_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDraft:
    """A form with the answers so far; ``page`` is the modal shown next, from 0.

    ``owner`` is the Discord id of the person that it was made for.
    """

    form: Form
    owner: str
    page: int = 0
    values: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line, for a store."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> FormDraft:
        """The draft again; raises ``ValueError``, ``KeyError`` or ``TypeError`` on another text."""
        data = json.loads(text)
        form = data["form"]
        fields = tuple(
            Field(**{**part, "choices": tuple(Choice(**choice) for choice in part["choices"])})
            for part in form.pop("fields")
        )
        return cls(
            form=Form(fields=fields, **form),
            owner=data["owner"],
            page=data["page"],
            values=data["values"],
        )


class DraftStore(Protocol):
    """Keeps half-filled forms under an id; may forget them after a day."""

    async def get(self, draft_id: str) -> FormDraft | None: ...

    async def set(self, draft_id: str, draft: FormDraft) -> None: ...

    async def drop(self, draft_id: str) -> None: ...


class SyncState(Protocol):
    """Remembers short texts through restarts: the digest of the commands that Discord has."""

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str) -> None: ...


class MemoryDrafts:
    """Drafts that a restart loses; the oldest goes when there are a thousand."""

    def __init__(self, limit: int = _MEMORY_LIMIT) -> None:
        self._limit = limit
        self._drafts: OrderedDict[str, FormDraft] = OrderedDict()

    async def get(self, draft_id: str) -> FormDraft | None:
        """The draft, or None."""
        return self._drafts.get(draft_id)

    async def set(self, draft_id: str, draft: FormDraft) -> None:
        """Keep it."""
        self._drafts[draft_id] = draft
        self._drafts.move_to_end(draft_id)
        while len(self._drafts) > self._limit:
            self._drafts.popitem(last=False)

    async def drop(self, draft_id: str) -> None:
        """Forget it."""
        self._drafts.pop(draft_id, None)


class MemorySyncState:
    """A state that a restart loses, so the commands are synced at every start."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        """What was set last, or None."""
        return self._values.get(key)

    async def set(self, key: str, value: str) -> None:
        """Remember it."""
        self._values[key] = value
