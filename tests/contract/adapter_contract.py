"""The contract suite: what ``bot.chat.ports.Adapter`` promises, tested on each platform.

A platform's tests derive a class from ``AdapterContract`` (named ``Test…``) and override the
``harness`` fixture with a ``Harness`` whose adapter is running against the platform's fake.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import pytest

from bot.chat.actions import Action
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone
from bot.chat.events import ActionPressed, ConversationRef, Event
from bot.chat.messages import Attachment, Button, Choice, LinkButton, Message, Select
from bot.chat.ports import Adapter
from tests.contract.hostile import HOSTILE_TEXTS

Ability = Literal["block", "limit", "lose", "press", "hear", "attach"]
"""What a harness may be unable to show because the platform has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as the person sees it: plain text, labels of the buttons in reading order."""

    message_id: str
    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Harness(Protocol):
    """One running adapter and one person who can be reached under ``person``."""

    @property
    def adapter(self) -> Adapter: ...

    @property
    def person(self) -> ConversationRef: ...

    @property
    def abilities(self) -> frozenset[Ability]: ...

    async def shown(self) -> list[Shown]:
        """What stands in the conversation now, from the assistant, oldest first."""
        ...

    async def block(self) -> None:
        """The person blocks the assistant."""
        ...

    async def limit(self, retry_after: float) -> None:
        """The platform answers the next send with "too fast"."""
        ...

    async def lose(self) -> None:
        """The platform carries out the next send, but its answer never arrives."""
        ...

    async def press(self, label: str) -> Event:
        """The person presses the newest button (or choice) called ``label``.

        Returns the event that the adapter dispatched for it.
        """
        ...

    async def hear(self, text: str) -> Event:
        """The person writes ``text``; returns the event that the adapter dispatched for it."""
        ...


def _text(shown: list[Shown]) -> str:
    return "".join(message.text for message in shown)


class AdapterContract:
    """Override ``harness``; everything else is inherited."""

    @pytest.fixture
    def harness(self) -> Harness:
        raise NotImplementedError("a platform's tests provide the harness")

    @pytest.fixture
    def needs(self, harness: Harness) -> Callable[[Ability], None]:
        def check(ability: Ability) -> None:
            if ability not in harness.abilities:
                pytest.skip(f"{harness.adapter.platform} cannot {ability}")

        return check

    async def test_a_sent_message_is_shown_once(self, harness: Harness) -> None:
        sent = await harness.adapter.send(harness.person, Message(text="Soil is **alive**."))
        shown = await harness.shown()
        assert len(shown) == 1
        assert "Soil is" in shown[0].text
        assert "alive" in shown[0].text
        assert "**" not in shown[0].text
        assert sent.message_id == shown[0].message_id

    async def test_title_and_footer_are_shown(self, harness: Harness) -> None:
        await harness.adapter.send(
            harness.person, Message(title="Lead in soil", text="The body.", footer="Source: FAO")
        )
        text = _text(await harness.shown())
        assert text.index("Lead in soil") < text.index("The body.") < text.index("Source: FAO")

    async def test_an_edit_replaces_the_message(self, harness: Harness) -> None:
        if not harness.adapter.capabilities.can_edit:
            pytest.skip("the platform cannot edit")
        sent = await harness.adapter.send(harness.person, Message(text="first"))
        await harness.adapter.edit(harness.person, sent.message_id, Message(text="second"))
        shown = await harness.shown()
        assert [message.message_id for message in shown] == [sent.message_id]
        assert "second" in shown[0].text
        assert "first" not in shown[0].text

    async def test_the_same_edit_twice_is_fine(self, harness: Harness) -> None:
        if not harness.adapter.capabilities.can_edit:
            pytest.skip("the platform cannot edit")
        sent = await harness.adapter.send(harness.person, Message(text="first"))
        for _ in range(2):
            await harness.adapter.edit(harness.person, sent.message_id, Message(text="second"))
        assert "second" in _text(await harness.shown())

    async def test_an_edit_of_an_unknown_message_is_a_delivery_error(
        self, harness: Harness
    ) -> None:
        if not harness.adapter.capabilities.can_edit:
            pytest.skip("the platform cannot edit")
        with pytest.raises(DeliveryError):
            await harness.adapter.edit(harness.person, "999999999", Message(text="second"))

    async def test_a_deleted_message_is_gone(self, harness: Harness) -> None:
        if not harness.adapter.capabilities.can_delete:
            pytest.skip("the platform cannot delete")
        sent = await harness.adapter.send(harness.person, Message(text="first"))
        await harness.adapter.delete(harness.person, sent.message_id)
        assert await harness.shown() == []

    async def test_a_blocked_recipient_is_gone(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("block")
        await harness.block()
        with pytest.raises(RecipientGone):
            await harness.adapter.send(harness.person, Message(text="hello"))

    async def test_too_fast_tells_the_seconds(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("limit")
        await harness.limit(7)
        with pytest.raises(RateLimited) as caught:
            await harness.adapter.send(harness.person, Message(text="hello"))
        assert caught.value.retry_after == pytest.approx(7, abs=0.5)
        assert await harness.shown() == []

    async def test_a_lost_answer_is_ambiguous(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("lose")
        await harness.lose()
        with pytest.raises(Ambiguous):
            await harness.adapter.send(harness.person, Message(text="hello"))
        assert len(await harness.shown()) == 1

    async def test_a_long_text_is_split_and_nothing_is_lost(self, harness: Harness) -> None:
        words = [f"word{number}" for number in range(2000)]
        paragraphs = [" ".join(words[start : start + 40]) for start in range(0, len(words), 40)]
        button = Button(label="More", action=Action("more", "x"))
        sent = await harness.adapter.send(
            harness.person, Message(text="\n\n".join(paragraphs), rows=((button,),))
        )
        shown = await harness.shown()
        assert " ".join(message.text for message in shown).split() == words
        assert shown[-1].message_id == sent.message_id
        assert [message.buttons for message in shown[:-1]] == [()] * (len(shown) - 1)
        assert shown[-1].buttons == ("More",)

    async def test_a_button_brings_its_action_back(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("press")
        action = Action("feedback", "up", "lead:in%soil", "é🌱")
        rows = (
            (
                Button(label="Helpful", action=action),
                LinkButton(label="Source", url="https://www.fao.org/soils"),
            ),
            (Button(label="Other", action=Action("other"), style="danger"),),
        )
        await harness.adapter.send(harness.person, Message(text="An answer.", rows=rows))
        assert (await harness.shown())[-1].buttons == ("Helpful", "Source", "Other")
        event = await harness.press("Helpful")
        assert isinstance(event, ActionPressed)
        assert event.action == action
        assert event.conversation.key == harness.person.key
        assert event.message_id == (await harness.shown())[-1].message_id

    async def test_a_choice_comes_back_as_the_last_argument(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("press")
        select = Select(
            placeholder="Choose a language",
            action=Action("language", "set"),
            choices=tuple(Choice(label=name, value=name[:2]) for name in ("English", "Français")),
        )
        await harness.adapter.send(harness.person, Message(text="Which?", rows=((select,),)))
        event = await harness.press("Français")
        assert isinstance(event, ActionPressed)
        assert event.action == Action("language", "set", "Fr")

    async def test_what_a_person_writes_is_heard_clean(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("hear")
        event = await harness.hear("how do I take a \u202esample\u202c?")
        assert getattr(event, "text", None) == "how do I take a sample?"
        assert event.conversation.key == harness.person.key
        assert event.at.tzinfo is not None
        assert event.is_addressed

    async def test_a_file_is_sent_with_its_text(
        self, harness: Harness, needs: Callable[[Ability], None]
    ) -> None:
        needs("attach")
        picture = Attachment(
            name="map.png", media_type="image/png", data=b"\x89PNG\r\n\x1a\n0", alt="A map"
        )
        table = Attachment(name="values.csv", media_type="text/csv", data=b"a,b\n")
        await harness.adapter.send(
            harness.person, Message(text="The map.", attachments=(picture, table))
        )
        shown = await harness.shown()
        assert sorted(name for message in shown for name in message.files) == [
            "map.png",
            "values.csv",
        ]
        assert "The map." in _text(shown)

    @pytest.mark.parametrize("name", HOSTILE_TEXTS)
    async def test_hostile_text_is_sent_or_refused(self, harness: Harness, name: str) -> None:
        text = HOSTILE_TEXTS[name]
        await _sent_or_refused(lambda: harness.adapter.send(harness.person, Message(text=text)))
        await harness.adapter.send(harness.person, Message(text="still here"))
        assert "still here" in (await harness.shown())[-1].text

    @pytest.mark.parametrize("name", HOSTILE_TEXTS)
    async def test_hostile_parts_are_sent_or_refused(self, harness: Harness, name: str) -> None:
        text = HOSTILE_TEXTS[name]
        rows = (
            (Button(label=text, action=Action("a")), LinkButton(label=text, url=text)),
            (
                Select(
                    placeholder=text, action=Action("s"), choices=(Choice(label=text, value="1"),)
                ),
            ),
        )
        message = Message(title=text, text="body", footer=text, rows=rows)
        await _sent_or_refused(lambda: harness.adapter.send(harness.person, message))
        await harness.adapter.send(harness.person, Message(text="still here"))
        assert "still here" in (await harness.shown())[-1].text

    async def test_an_unknown_conversation_is_a_delivery_error(self, harness: Harness) -> None:
        if harness.adapter.platform == "console":
            pytest.skip("a terminal has one conversation")
        nowhere = ConversationRef(platform=harness.adapter.platform, chat_id="123456789012")
        with pytest.raises(DeliveryError):
            await harness.adapter.send(nowhere, Message(text="hello"))


async def _sent_or_refused(send: Callable[[], Awaitable[object]]) -> None:
    """A ``DeliveryError`` is a fair answer to a hostile text; any other error is not."""
    try:
        await send()
    except DeliveryError:
        return
