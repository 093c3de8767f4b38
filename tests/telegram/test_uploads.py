"""A file goes up once, however many get it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.chat.events import ConversationRef
from bot.chat.messages import Attachment, Message
from tests.telegram.conftest import Stage

Private = Callable[[int], ConversationRef]
MAP = Attachment(name="map.png", media_type="image/png", data=b"\x89PNG" + b"m" * 20_000)
REPORT = Attachment(name="report.pdf", media_type="application/pdf", data=b"%PDF" + b"r" * 20_000)


@pytest.mark.parametrize("file", [MAP, REPORT])
async def test_a_file_goes_up_once(
    stage: Stage, adapter: TelegramAdapter, private: Private, file: Attachment
) -> None:
    people = [stage.server.user(name) for name in ("Ana", "Ben", "Cy")]
    for person in people:
        await adapter.send(private(person.id), Message(text="See", attachments=(file,)))
    assert list(stage.server.world.files.values()) == [file.data]
    kind = "photo" if file is MAP else "document"
    for person in people:
        (shown,) = person.state.messages.values()
        assert shown["caption"] == "See"
        assert kind in shown


async def test_another_file_of_the_same_name_goes_up_too(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    other = Attachment(name=MAP.name, media_type=MAP.media_type, data=MAP.data[::-1])
    for file in (MAP, other, MAP):
        await adapter.send(private(ana.id), Message(text="See", attachments=(file,)))
    assert list(stage.server.world.files.values()) == [MAP.data, other.data]


async def test_a_file_that_telegram_has_lost_goes_up_again(
    stage: Stage, adapter: TelegramAdapter, private: Private
) -> None:
    ana = stage.server.user("Ana")
    message = Message(text="See", attachments=(MAP,))
    await adapter.send(private(ana.id), message)
    (handle,) = stage.server.world.files
    del stage.server.world.files[handle]
    await adapter.send(private(ana.id), message)
    assert list(stage.server.world.files.values()) == [MAP.data]
    assert len(ana.state.messages) == 2
