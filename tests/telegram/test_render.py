"""Messages as calls of the Bot API."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.render import render, render_edit, render_result
from bot.adapters.telegram.styling import PARTS_LIMIT
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.events import ConversationRef
from bot.chat.markup import escape
from bot.chat.messages import (
    Attachment,
    Button,
    Choice,
    InlineResult,
    LinkButton,
    Message,
    Select,
)
from tests.telegram.loopback.checks import check_markup, check_text, units

ANA = ConversationRef(platform="telegram", chat_id="5")


def only(message: Message) -> dict[str, Any]:
    calls = render(ANA, message)
    assert len(calls) == 1
    return calls[0].parameters


def styled(parameters: dict[str, Any]) -> list[tuple[str, str]]:
    encoded = parameters["text"].encode("utf-16-le")
    return [
        (
            part["type"],
            encoded[part["offset"] * 2 : (part["offset"] + part["length"]) * 2].decode("utf-16-le"),
        )
        for part in parameters["entities"]
    ]


def test_entities_count_utf16_units() -> None:
    text = "🌱🧪 **bold** and [the source](https://www.fao.org/a) `x`"
    parameters = only(Message(text=text))
    assert parameters["text"] == "🌱🧪 bold and the source x"
    assert styled(parameters) == [("bold", "bold"), ("text_link", "the source"), ("code", "x")]
    assert parameters["entities"][1]["url"] == "https://www.fao.org/a"


def test_title_and_footer() -> None:
    parameters = only(Message(title="**Lead**", text="Body.", footer="FAO, 2018"))
    assert parameters["text"] == "**Lead**\n\nBody.\n\nFAO, 2018"
    assert styled(parameters) == [("bold", "**Lead**"), ("italic", "FAO, 2018")]


def test_a_persons_words_stay_words() -> None:
    hostile = "[x](https://evil.example) **b** `c` # h\n- i"
    parameters = only(Message(text=escape(hostile)))
    assert parameters["text"] == hostile
    assert "entities" not in parameters


def test_right_to_left_text_says_so_on_each_line() -> None:
    parameters = only(Message(text="**FAO** قال\n\nتربة", direction="rtl"))
    assert parameters["text"] == "\u200fFAO قال\n\n\u200fتربة"
    assert styled(parameters) == [("bold", "FAO")]


def test_right_to_left_text_says_so_on_each_part() -> None:
    calls = render(ANA, Message(text="تربة " * 1500, direction="rtl"))
    assert len(calls) == 2
    assert all(call.parameters["text"].startswith("\u200f") for call in calls)


def test_a_mail_link_is_written_out() -> None:
    parameters = only(Message(text="Write to [us](mailto:insop@fao.org?subject=x)."))
    assert parameters["text"] == "Write to us (insop@fao.org)."
    assert "entities" not in parameters


def test_split_keeps_entities_inside_their_part() -> None:
    paragraph = "🧪 **strong** words " * 30
    calls = render(ANA, Message(text="\n\n".join([paragraph] * 20)))
    assert 2 <= len(calls) <= PARTS_LIMIT
    for call in calls:
        check_text(call.parameters["text"], call.parameters["entities"], limit=4096)
    assert sum(len(call.parameters["entities"]) for call in calls) == 600


def test_what_would_be_a_flood_is_refused() -> None:
    with pytest.raises(ChatError):
        render(ANA, Message(text="a" * (4096 * PARTS_LIMIT + 1)))


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u2060", "\u200f"])
def test_nothing_visible_is_refused(text: str) -> None:
    with pytest.raises(ChatError):
        render(ANA, Message(text=text))


def test_rows_of_buttons() -> None:
    rows = (
        (
            Button(label="Yes", action=Action("a", "1"), style="primary"),
            LinkButton(label="Site", url="https://www.fao.org"),
            LinkButton(label="Bad", url="http://localhost/x"),
        ),
        (),
        (
            Select(
                placeholder="?",
                action=Action("pick"),
                choices=tuple(Choice(label=f"n{n}", value=str(n)) for n in range(3)),
            ),
        ),
    )
    markup = only(Message(text="x", rows=rows))["reply_markup"]
    check_markup(markup)
    assert markup["inline_keyboard"] == [
        [
            {"text": "Yes", "callback_data": "a:1", "style": "primary"},
            {"text": "Site", "url": "https://www.fao.org"},
        ],
        [
            {"text": "n0", "callback_data": "pick:0"},
            {"text": "n1", "callback_data": "pick:1"},
        ],
        [{"text": "n2", "callback_data": "pick:2"}],
    ]


def test_too_many_buttons_and_too_long_actions_are_refused() -> None:
    button = Button(label="x", action=Action("a"))
    with pytest.raises(ChatError):
        render(ANA, Message(text="x", rows=((button,),) * 101))
    with pytest.raises(ChatError):
        render(ANA, Message(text="x", rows=((Button(label="x", action=Action("a" * 65)),),)))


def test_a_quote_is_on_the_first_part_only() -> None:
    calls = render(ANA, Message(text="word " * 1500), quoting="12")
    assert len(calls) == 2
    assert calls[0].parameters["reply_parameters"] == {
        "message_id": 12,
        "allow_sending_without_reply": True,
    }
    assert "reply_parameters" not in calls[1].parameters


def picture(name: str = "map.png", alt: str = "") -> Attachment:
    return Attachment(name=name, media_type="image/png", data=b"png", alt=alt)


def test_a_short_text_is_the_caption() -> None:
    calls = render(ANA, Message(text="**The** map", attachments=(picture(alt="unused"),)))
    assert [call.method for call in calls] == ["sendPhoto"]
    assert calls[0].parameters["caption"] == "The map"
    assert calls[0].parameters["caption_entities"][0]["type"] == "bold"


def test_a_long_text_follows_the_files() -> None:
    table = Attachment(name="a.csv", media_type="text/csv", data=b"1")
    button = Button(label="x", action=Action("a"))
    message = Message(
        text="long " * 300,
        attachments=(picture("1.png", "one"), table, picture("2.png", "two")),
        rows=((button,),),
    )
    calls = render(ANA, message)
    assert [call.method for call in calls] == ["sendMediaGroup", "sendDocument", "sendMessage"]
    assert [media.caption for media in calls[0].parameters["media"]] == ["one", "two"]
    assert [("reply_markup" in call.parameters) for call in calls] == [False, False, True]


def test_an_album_with_buttons_and_no_text_is_taken_apart() -> None:
    button = Button(label="x", action=Action("a"))
    calls = render(ANA, Message(text="", attachments=(picture(), picture()), rows=((button,),)))
    assert [call.method for call in calls] == ["sendPhoto", "sendPhoto"]
    assert "reply_markup" in calls[1].parameters


def test_a_topic_is_part_of_the_address() -> None:
    desk = ConversationRef(platform="telegram", chat_id="-1001", thread_id="12", is_private=False)
    parameters = render(desk, Message(text="x"))[0].parameters
    assert (parameters["chat_id"], parameters["message_thread_id"]) == (-1001, 12)
    with pytest.raises(ChatError):
        render(ConversationRef(platform="telegram", chat_id="@channel"), Message(text="x"))


def test_an_edit_sends_what_does_not_fit() -> None:
    button = Button(label="x", action=Action("a"))
    calls = render_edit(ANA, "9", Message(text="word " * 1500, rows=((button,),)))
    assert [call.method for call in calls] == ["editMessageText", "sendMessage"]
    assert calls[0].parameters["message_id"] == 9
    assert "reply_markup" in calls[1].parameters
    inline = render_edit(ANA, "inline:AbC", Message(text="x"))[0].parameters
    assert inline["inline_message_id"] == "AbC"
    assert "chat_id" not in inline


def test_an_inline_result() -> None:
    result = InlineResult(id="lead", title="Lead\n", description="d", message=Message(text="*a*"))
    drawn = render_result(result)
    assert drawn is not None
    assert drawn["title"] == "Lead"
    assert drawn["input_message_content"]["entities"][0]["type"] == "italic"
    assert (
        render_result(InlineResult(id="x", title="", description="", message=Message(text="a")))
        is None
    )


@given(text=st.text(max_size=6000), title=st.text(max_size=50), is_rtl=st.booleans())
def test_whatever_is_drawn_is_what_telegram_takes(text: str, title: str, is_rtl: bool) -> None:
    message = Message(text=text, title=title, direction="rtl" if is_rtl else "ltr")
    try:
        calls = render(ANA, message)
    except ChatError:
        return
    for call in calls:
        check_text(call.parameters["text"], call.parameters.get("entities"), limit=4096)
        assert 0 < units(call.parameters["text"]) <= 4096
