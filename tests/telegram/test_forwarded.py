"""Files that lie at Telegram go out again by their handles: albums whole, voice notes alone."""

from __future__ import annotations

from typing import Literal

from bot.adapters.telegram.render import render
from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.messages import Button, FileRef, Message

CHAT = ConversationRef(platform="telegram", chat_id="7")
ROWS = ((Button(label="Answer", action=Action("answer", "1")),),)

Kind = Literal["photo", "document", "voice", "audio", "video"]


def files(*kinds: Kind) -> tuple[FileRef, ...]:
    """Files with handles that are numbered from 1."""
    return tuple(
        FileRef(platform="telegram", kind=kind, handle=f"{kind}-{number}")
        for number, kind in enumerate(kinds, 1)
    )


def sent(message: Message) -> list[tuple[str, list[str]]]:
    """Methods, with the handles that they send."""
    found = []
    for call in render(CHAT, message):
        assert call.parameters["chat_id"] == 7
        media = call.parameters.get("media")
        single = call.method.removeprefix("send").lower()
        handles = [each["media"] for each in media] if media else [call.parameters.get(single)]
        found.append((call.method, [str(handle) for handle in handles if handle]))
    return found


def test_one_file_carries_the_words_and_the_buttons() -> None:
    (call,) = render(CHAT, Message(text="**See** this", files=files("photo"), rows=ROWS))
    assert call.method == "sendPhoto"
    assert call.parameters["photo"] == "photo-1"
    assert call.parameters["caption"] == "See this"
    assert "reply_markup" in call.parameters


def test_words_too_long_for_a_caption_follow_in_a_message() -> None:
    photo, text = render(CHAT, Message(text="word " * 300, files=files("photo")))
    assert photo.parameters.keys() == {"photo", "chat_id"}
    assert text.method == "sendMessage"


def test_an_album_stays_together_and_the_words_follow() -> None:
    message = Message(text="Both sides", files=files("photo", "video", "photo"), rows=ROWS)
    assert sent(message) == [
        ("sendMediaGroup", ["photo-1", "video-2", "photo-3"]),
        ("sendMessage", []),
    ]
    album, text = render(CHAT, message)
    assert [each["type"] for each in album.parameters["media"]] == ["photo", "video", "photo"]
    assert "reply_markup" not in album.parameters
    assert "reply_markup" in text.parameters


def test_what_telegram_does_not_mix_is_parted() -> None:
    mixed = files("document", "photo", "voice", "audio", "document", "voice", "photo")
    assert sent(Message(text="", files=mixed)) == [
        ("sendMediaGroup", ["photo-2", "photo-7"]),
        ("sendMediaGroup", ["document-1", "document-5"]),
        ("sendAudio", ["audio-4"]),
        ("sendVoice", ["voice-3"]),
        ("sendVoice", ["voice-6"]),
    ]


def test_an_album_has_ten_at_most() -> None:
    many = sent(Message(text="", files=files(*["photo"] * 21)))
    assert [(method, len(handles)) for method, handles in many] == [
        ("sendMediaGroup", 10),
        ("sendMediaGroup", 10),
        ("sendPhoto", 1),
    ]


def test_buttons_never_hang_under_an_album() -> None:
    calls = render(CHAT, Message(text="", files=files("photo", "photo"), rows=ROWS))
    assert "reply_markup" in calls[-1].parameters
    assert all(
        "reply_markup" not in call.parameters for call in calls if call.method == "sendMediaGroup"
    ), "Telegram refuses them there"
