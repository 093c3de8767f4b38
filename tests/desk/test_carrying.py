"""Files between platforms: by handle, fetched, stripped, or excused."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Literal

import pytest
from PIL import Image

from bot.chat.errors import DeliveryError, FilesAway, RateLimited, Undeliverable, Unreachable
from bot.chat.events import ConversationRef
from bot.chat.messages import FileRef, Message
from bot.delivery.carrying import FileCarrier, stripped

TELEGRAM = ConversationRef(platform="telegram", chat_id="1")
DISCORD = ConversationRef(platform="discord", chat_id="2")
PHOTO = FileRef(platform="telegram", kind="photo", handle="abc")


def jpeg_with_place() -> bytes:
    picture = Image.new("RGB", (40, 20), "brown")
    notes = Image.Exif()
    notes[0x010F] = "SecretPhone"
    notes[0x0112] = 6
    notes.get_ifd(0x8825)[2] = (14.0, 41.0, 34.0)
    written = io.BytesIO()
    picture.save(written, format="JPEG", exif=notes)
    return written.getvalue()


async def fetch(where: ConversationRef, handle: str) -> bytes:
    return jpeg_with_place()


async def test_to_the_same_platform_a_file_goes_by_its_handle() -> None:
    async def never(where: ConversationRef, handle: str) -> bytes:
        raise AssertionError("fetched")

    carrier = FileCarrier(100, {"telegram": never})
    message = await carrier.prepared(TELEGRAM, Message(text="x", files=(PHOTO,)))
    assert message.files == (PHOTO,)


async def test_to_another_platform_it_is_fetched() -> None:
    carrier = FileCarrier(100_000, {"telegram": fetch})
    message = await carrier.prepared(DISCORD, Message(text="x", files=(PHOTO,)))
    assert message.files == ()
    assert message.attachments[0].data == jpeg_with_place()
    assert message.attachments[0].media_type == "image/jpeg"


async def test_of_somebody_unnamed_the_camera_says_nothing_even_on_the_same_platform() -> None:
    data = jpeg_with_place()
    assert b"SecretPhone" in data
    carrier = FileCarrier(100_000, {"telegram": fetch})
    hidden = FileRef(
        platform="telegram",
        kind="document",
        handle="abc",
        name="ana-house.jpg",
        media_type="image/jpeg",
        is_stripped=True,
    )
    message = await carrier.prepared(TELEGRAM, Message(text="x", files=(hidden,)))
    sent = message.attachments[0]
    assert b"SecretPhone" not in sent.data
    assert "ana" not in sent.name
    with Image.open(io.BytesIO(sent.data)) as picture:
        assert dict(picture.getexif()) == {}
        # Turned upright, as the camera's note asked.
        assert picture.size == (20, 40)


@pytest.mark.parametrize("kind", ["video", "audio", "document", "photo"])
async def test_of_somebody_unnamed_no_file_keeps_its_name(
    kind: Literal["video", "audio", "document", "photo"],
) -> None:
    async def film(where: ConversationRef, handle: str) -> bytes:
        return b"moving"

    carrier = FileCarrier(100, {"telegram": film})
    hidden = FileRef(
        platform="telegram", kind=kind, handle="abc", name="zoe-house.mp4", is_stripped=True
    )
    message = await carrier.prepared(TELEGRAM, Message(text="x", files=(hidden,)))
    assert message.files == ()
    assert "zoe" not in message.attachments[0].name


async def test_a_voice_note_of_somebody_unnamed_has_no_name_and_goes_by_its_handle() -> None:
    voice = FileRef(platform="telegram", kind="voice", handle="abc", is_stripped=True)
    message = await FileCarrier(100, {}).prepared(TELEGRAM, Message(text="x", files=(voice,)))
    assert message.files == (voice,)


@pytest.mark.parametrize("mode", ["P", "L", "RGBA", "1"])
def test_pictures_of_every_kind_survive(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (4, 4)).save(written, format="PNG")
    with Image.open(io.BytesIO(stripped(written.getvalue()))) as picture:
        assert picture.size == (4, 4)


def test_what_is_no_picture_stays_as_it_is() -> None:
    assert stripped(b"%PDF-1.7 words") == b"%PDF-1.7 words"


@pytest.mark.parametrize("size", [None, 5_000_000])
async def test_what_is_too_large_or_gone_is_said_in_one_sentence(size: int | None) -> None:
    async def gone(where: ConversationRef, handle: str) -> bytes:
        raise Undeliverable("no such file")

    carrier = FileCarrier(1000, {"telegram": gone})
    file = FileRef(platform="telegram", kind="video", handle="abc", size=size)
    message = await carrier.prepared(DISCORD, Message(text="x", files=(file, file)))
    assert message.attachments == ()
    assert "2 files could not be passed on" in message.text


@pytest.mark.parametrize(
    ("to", "error"), [(DISCORD, FilesAway), (TELEGRAM, Unreachable)], ids=["another", "the same"]
)
async def test_a_network_that_is_away_is_tried_again(
    to: ConversationRef, error: type[DeliveryError]
) -> None:
    """An outage of the platform that the message goes to is told apart from another's."""

    async def away(where: ConversationRef, handle: str) -> bytes:
        raise Unreachable("away")

    file = replace(PHOTO, is_stripped=True)
    with pytest.raises(error):
        await FileCarrier(1000, {"telegram": away}).prepared(to, Message(text="", files=(file,)))


async def test_how_long_another_platform_wants_to_be_left_alone_is_kept() -> None:
    async def busy(where: ConversationRef, handle: str) -> bytes:
        raise RateLimited(17.0)

    with pytest.raises(FilesAway) as raised:
        await FileCarrier(1000, {"telegram": busy}).prepared(
            DISCORD, Message(text="", files=(PHOTO,))
        )
    assert raised.value.retry_after == 17.0
