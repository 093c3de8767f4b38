"""Whether a message stands in a channel already. Discord keeps no nonce, so its words must tell.

Who may not read a channel's history gets an empty page without an error:
https://docs.discord.com/developers/resources/message#get-channel-messages
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import discord

from bot.adapters.discord.render import Payload
from bot.chat.errors import Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage

if TYPE_CHECKING:
    from bot.adapters.discord.client import AssistantClient

PAGE: Final = 100
PAGES: Final = 5
"""Requests at most; a channel in which more is said is left to people."""
PRECISION: Final = timedelta(seconds=60)
"""By which the clocks may differ for what is found to be the message."""
CLOCK_FAULT: Final = timedelta(hours=1)
"""By which they may differ before what is not found counts as not sent."""


Others = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these messages are known to have come about in another way than the one looked for."""


class SentFinding:
    """The part of the adapter that is ``bot.delivery.doubts.History``."""

    client: AssistantClient

    async def find_sent(
        self,
        to: ConversationRef,
        message: Message | None,
        *,
        nonce: str,
        since: datetime,
        others: Others,
    ) -> SentMessage | None:
        """See ``History``; the nonce is of no use here."""
        return await self.client.sending.find_sent(to, message, since, others)


async def find_sent(
    channel: discord.PartialMessageable,
    own_id: int,
    payloads: Sequence[Payload] | None,
    since: datetime,
    others: Others,
    *,
    is_private: bool,
) -> SentMessage | None:
    """What the account ``own_id`` sent since then; None where it certainly sent nothing such.

    Two announcements may say the same: what is known to be another's is left out.

    ``payloads`` None: its words are not known. Raises ``Undeliverable`` where nobody can tell,
    and what discord.py raises.
    """
    said = await _since(channel, since - CLOCK_FAULT, is_private=is_private)
    wanted = [_words(payload.content, payload.embed) for payload in payloads or ()]
    is_worded = bool(wanted) and all(wanted)
    alike = [
        message
        for message in said
        if message.author.id == own_id and (not is_worded or _words_of(message) in wanted)
    ]
    taken = await others([str(message.id) for message in alike]) if alike else ()
    alike = [message for message in alike if str(message.id) not in taken]
    if not alike:
        return None
    if not is_worded:
        raise Undeliverable("it has no words to look for")
    if any(message.created_at < since - PRECISION for message in alike):
        raise Undeliverable("it was said before")
    parts = _parts(alike, wanted)
    return SentMessage(message_id=parts[-1], parts=parts)


def _parts(alike: Sequence[discord.Message], wanted: Sequence[str]) -> tuple[str, ...]:
    """The messages with these words, each once; of several that say the same, the oldest."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for message in alike:
        ids[_words_of(message)].append(str(message.id))
    try:
        return tuple(ids[words].pop() for words in wanted)
    except IndexError:
        raise Undeliverable("only a part of it stands there") from None


async def _since(
    channel: discord.PartialMessageable, moment: datetime, *, is_private: bool
) -> list[discord.Message]:
    said: list[discord.Message] = []
    for _ in range(PAGES):
        before = said[-1] if said else None
        page = [message async for message in channel.history(limit=PAGE, before=before)]
        said += page
        if not said and not is_private:
            raise Undeliverable("the channel is empty, or may not be read")
        if len(page) < PAGE or page[-1].created_at < moment:
            return [message for message in said if message.created_at >= moment]
    raise Undeliverable("too much was said since")


def _words_of(message: discord.Message) -> str:
    # Beside a plain text an embed is a preview, which Discord adds by itself.
    return _words(message.content or None, message.embeds[0] if message.embeds else None)


def _words(content: str | None, embed: discord.Embed | None) -> str:
    """Discord trims blanks."""
    shown = [embed.title, embed.description] if content is None and embed else [content]
    return " ".join(" ".join(text.split()) for text in shown if text)
