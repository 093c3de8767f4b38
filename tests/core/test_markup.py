"""The markup, cleaning, splitting, and the packing of actions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.actions import Action
from bot.chat.cleaning import clean, clean_line
from bot.chat.errors import ActionTooLong, ChatError
from bot.chat.markup import Span, escape, parse, plain, split, utf16_length
from bot.chat.messages import Attachment, Button, Choice, LinkButton, Message, Select
from bot.chat.wire import message_from_json, message_to_json

TEXT = st.text(max_size=200)


def test_the_subset_is_understood() -> None:
    styled = parse("## Head\n**bold *both*** `co*de` [label](https://a.example/x)\n- item")
    assert styled.text == "Head\nbold both co*de label\n• item"
    assert [(styled.text[s.start : s.end], s.kind) for s in styled.spans] == [
        ("Head", "bold"),
        ("bold both", "bold"),
        ("both", "italic"),
        ("co*de", "code"),
        ("label", "link"),
    ]


@pytest.mark.parametrize(
    "text", ["**open", "*", "[a](javascript:alert(1))", "[a](b", "`", "\\", "****", "[x]()"]
)
def test_what_is_not_markup_stays_as_it_stands(text: str) -> None:
    assert parse(text).text == text
    assert parse(text).spans == ()


@given(TEXT)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    text = text.replace("\r\n", "\n")
    styled = parse(escape(text))
    assert styled.text == text
    assert styled.spans == ()


@given(TEXT)
def test_parse_takes_any_text_and_its_spans_lie_inside(text: str) -> None:
    styled = parse(text)
    assert all(0 <= span.start < span.end <= len(styled.text) for span in styled.spans)


@given(st.text(min_size=1, max_size=400), st.integers(min_value=8, max_value=60))
def test_split_loses_only_spaces_and_keeps_the_limit(text: str, limit: int) -> None:
    parts = split(parse(escape(text)), limit, utf16_length)
    assert all(utf16_length(part.text) <= limit for part in parts)
    squeezed = "".join("".join(part.text for part in parts).split())
    assert squeezed == "".join(text.replace("\r\n", "\n").split())


def test_split_prefers_paragraphs_and_cuts_spans() -> None:
    parts = split(parse("**" + "a" * 30 + "\n\n" + "b" * 30 + "**"), 40)
    assert [part.text for part in parts] == ["**" + "a" * 30, "b" * 30 + "**"]
    (first, second) = split(parse(f"**{'a' * 30} {'b' * 30}**"), 40)
    assert first.spans == (Span(start=0, length=30, kind="bold"),)
    assert second.spans == (Span(start=0, length=30, kind="bold"),)


def test_a_family_of_joined_emoji_is_not_torn() -> None:
    family = "👩\u200d👩\u200d👧"
    parts = split(parse(family * 4), 11, utf16_length)
    assert all(not part.text.endswith("\u200d") for part in parts)
    assert all(not part.text.startswith("\u200d") for part in parts)


def test_utf16_counts_what_telegram_counts() -> None:
    assert [utf16_length(text) for text in ("a", "é", "中", "🌱", "")] == [1, 1, 1, 2, 0]


def test_plain_shows_addresses() -> None:
    assert plain("see [here](https://a.example) and **this**") == (
        "see here (https://a.example) and this"
    )


def test_clean_takes_out_what_deceives_and_keeps_what_scripts_need() -> None:
    assert clean("\u202eab\u202c\x00c\ud800\r\nd\u200be") == "abc\ufffd\nde"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert len(clean("x" * 1_000_000)) == 4096
    assert clean_line(" a\nb\t c ") == "a b c"


@given(st.lists(TEXT, max_size=3), st.text(min_size=1, max_size=10))
def test_actions_come_back_as_they_were(args: list[str], name: str) -> None:
    action = Action(name, *args)
    try:
        packed = action.pack()
    except ActionTooLong:
        return
    assert len(packed.encode("utf-8", "surrogatepass")) <= 64
    assert Action.unpack(packed) == action


def test_an_action_without_a_name_is_refused() -> None:
    with pytest.raises(ChatError):
        Action.unpack(":x")
    with pytest.raises(ActionTooLong):
        Action("a", "я" * 40).pack()


def test_messages_come_back_from_json_as_they_were() -> None:
    message = Message(
        text="**a**",
        title="t",
        footer="f",
        direction="rtl",
        is_ephemeral=True,
        rows=(
            (Button(label="b", action=Action("x", "1"), style="danger"),),
            (LinkButton(label="l", url="https://a.example"),),
            (
                Select(
                    placeholder="p",
                    action=Action("s"),
                    choices=(Choice(label="l", value="v", description="d"),),
                ),
            ),
        ),
        attachments=(Attachment(name="a.png", media_type="image/png", data=b"\x00\xff", alt="x"),),
    )
    assert message_from_json(message_to_json(message)) == message
    with pytest.raises(ValueError, match="known version"):
        message_from_json('{"v": 99}')
