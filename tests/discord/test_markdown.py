"""Rendering: Markdown that cannot be smuggled in, limits, splitting."""

from __future__ import annotations

import re

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.markdown import escape, to_markdown
from bot.adapters.discord.render import PARTS_LIMIT, Payload, render, render_one
from bot.chat import markup
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.messages import Button, Choice, LinkButton, Message, Select
from tests.contract.hostile import HOSTILE_TEXTS


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Soil is **alive**.", "Soil is **alive**."),
        ("*very* `pH 7`", "*very* `pH 7`"),
        ("## Steps\n- dig\n- mix", "**Steps**\n• dig\n• mix"),
        ("[FAO](https://fao.org/a_b)", "[FAO](<https://fao.org/a_b>)"),
        ("[write](mailto:a_b@fao.org)", "write (mailto:a\\_b@fao.org)"),
        ("see https://fao.org/a_b_c.", "see https://fao.org/a_b_c."),
        ("a ** bold ** b", "a  **bold**  b"),
        ("1. dig\n2. mix", "1. dig\n2. mix"),
    ],
)
def test_our_markup_is_shown(written: str, shown: str) -> None:
    (payload,) = render(Message(text=written))
    assert payload.content == shown


def test_an_address_cannot_end_its_link_early() -> None:
    (payload,) = render(Message(text="[FAO](https://fao.org/a_(b)"))
    assert payload.content == "[FAO](<https://fao.org/a_%28b>)"


@pytest.mark.parametrize(
    "words",
    [
        "**bold** _it_ ~~no~~ ||spoiler|| `code`",
        "[bank](https://evil.example)",
        "# heading",
        "-# small",
        "- item",
        "> quote",
        ">>> long quote",
        "```\nblock\n```",
        "<@123456789012345678> <@&123456789012345678> <#123> <t:0> <:x:1>",
        "back\\*slash",
    ],
)
def test_peoples_words_are_shown_as_they_are(words: str) -> None:
    (payload,) = render(Message(text=markup.escape(words)))
    assert payload.content is not None
    assert "\n".join(_unescape(line) for line in payload.content.split("\n")) == words.strip()
    assert not re.search(r"(?<!\\)[*_~`|\[<]", payload.content)
    assert not re.search(r"^(#|>|-)", payload.content, re.MULTILINE)


@pytest.mark.parametrize("words", ["@everyone", "@here", "a@Everyone", "https://x.org/@everyone"])
def test_nobody_is_mentioned(words: str) -> None:
    (payload,) = render(Message(text=markup.escape(words)))
    assert payload.content is not None
    assert not re.search("@(everyone|here)", payload.content, re.IGNORECASE)


@given(st.text(max_size=300))
def test_escaped_text_has_no_living_signs(text: str) -> None:
    without_addresses = text.replace("://", ":")
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|\[\]<]", escape(without_addresses))


@given(st.text(alphabet="*`[]()\\ab \n-#>@_~|<h:/.", max_size=120))
def test_any_markup_can_be_written(text: str) -> None:
    to_markdown(markup.parse(text))


def test_a_title_makes_an_embed() -> None:
    (payload,) = render(Message(title="Lead *in* soil", text="Body", footer="FAO *2021*"))
    assert payload.content is None
    assert payload.embed is not None
    assert payload.embed.title == "Lead in soil"
    assert payload.embed.description == "Body"
    assert payload.embed.footer.text == "FAO 2021"


def test_links_in_an_embed_need_no_wrapping() -> None:
    (payload,) = render(Message(title="T", text="[FAO](https://fao.org)"))
    assert payload.embed is not None
    assert payload.embed.description == "[FAO](https://fao.org)"


def test_text_from_right_to_left_keeps_its_direction() -> None:
    (payload,) = render(Message(title="عنوان", text="سطر\n\nثان", direction="rtl"))
    assert payload.embed is not None
    assert payload.embed.title == "\u200fعنوان"
    assert payload.embed.description == "\u200fسطر\n\n\u200fثان"


async def test_a_long_text_is_split_with_its_parts_in_place() -> None:
    button = Button(label="More", action=Action("more"))
    text = "\n\n".join(f"paragraph {number} " + "*" * 60 for number in range(200))
    message = Message(title="T", text=markup.escape(text), footer="F", rows=((button,),))
    payloads = render(message)
    assert len(payloads) > 2
    embeds = [payload.embed for payload in payloads if payload.embed is not None]
    assert [embed.title for embed in embeds] == ["T"] + [None] * (len(embeds) - 1)
    assert [embed.footer.text for embed in embeds] == [None] * (len(embeds) - 1) + ["F"]
    assert [payload.view is not None for payload in payloads] == [False] * (len(embeds) - 1) + [
        True
    ]
    joined = "\n\n".join(embed.description or "" for embed in embeds)
    assert _unescape(joined) == text
    assert all(len(embed.description or "") <= 4096 and len(embed) <= 6000 for embed in embeds)


async def test_an_edit_stays_one_message() -> None:
    payload = render_one(Message(title="T" * 500, text="word " * 2000, footer="F" * 5000))
    assert payload.embed is not None
    assert len(payload.embed) <= 6000
    assert (payload.embed.description or "").endswith("…")
    assert len(payload.embed.title or "") <= 256


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
async def test_hostile_texts_are_rendered_within_the_limits_or_refused(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    for message in (Message(text=text), Message(title=text, text=text, footer=text)):
        try:
            payloads = render(message)
        except ChatError:
            continue
        assert 1 <= len(payloads) <= PARTS_LIMIT
        for payload in payloads:
            _check(payload)


async def test_rows_go_on_where_one_is_full() -> None:
    buttons = tuple(Button(label=str(n), action=Action("a", str(n))) for n in range(7))
    select = Select(placeholder="p", action=Action("s"), choices=(Choice(label="x", value="x"),))
    link = LinkButton(label="x", url="https://fao.org")
    (payload,) = render(Message(text="t", rows=(buttons, (link, select, link))))
    assert payload.view is not None
    rows = payload.view.to_components()
    assert [len(row["components"]) for row in rows] == [5, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "row",
    [
        tuple(Button(label="x", action=Action("a", str(n))) for n in range(26)),
        (LinkButton(label="x", url="javascript:alert(1)"),),
        (LinkButton(label="x", url="https://"),),
        (Select(placeholder="p", action=Action("s"), choices=()),),
        (
            Select(
                placeholder="p",
                action=Action("s"),
                choices=tuple(Choice(label="x", value=str(n)) for n in range(26)),
            ),
        ),
        (Select(placeholder="p", action=Action("s"), choices=(Choice(label="x", value="y"),) * 2),),
        (Button(label="x", action=Action("a" * 65)),),
    ],
)
async def test_what_discord_would_refuse_is_refused_here(row: tuple[Button, ...]) -> None:
    with pytest.raises(ChatError):
        render(Message(text="t", rows=(row,)))


async def test_labels_are_shortened_and_never_empty() -> None:
    row = tuple(
        Button(label=text, action=Action("a", str(n)))
        for n, text in enumerate(("", "\u200b", "x" * 90))
    )
    (payload,) = render(Message(text="t", rows=(row,)))
    assert payload.view is not None
    labels = [part["label"] for part in payload.view.to_components()[0]["components"]]
    assert labels[:2] == ["…", "…"]
    assert len(labels[2]) == 80


def _check(payload: Payload) -> None:
    assert len(payload.content or "") <= 2000
    if payload.embed is not None:
        assert isinstance(payload.embed, discord.Embed)
        assert len(payload.embed.description or "") <= 4096
        assert len(payload.embed) <= 6000
    (payload.content or "").encode()
    str(payload.embed.to_dict() if payload.embed else "").encode()


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).replace("@\u200b", "@")
