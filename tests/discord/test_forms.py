"""Forms as modals, in simcord."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.discord.client import AssistantClient
from bot.adapters.discord.drafts import FormDraft
from bot.adapters.discord.forms import ModalRef, build_modal, read_values
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.forms import Field, Form, files_of
from bot.chat.messages import Button, Choice, Message
from tests.discord.world import World

CONTACT = Form(
    id="contact",
    title="Contact the secretariat of the network about a question",
    fields=(
        Field(
            name="topic", label="Topic", kind="choice", choices=(Choice(label="Lead", value="pb"),)
        ),
        Field(name="question", label="Your question", kind="text", hint="In any language"),
        Field(name="country", label="Country", is_required=False, limit=60, value="Italy"),
        Field(
            name="media",
            label="What is polluted?",
            kind="choices",
            is_required=False,
            choices=(Choice(label="Soil", value="soil"), Choice(label="Water", value="water")),
        ),
    ),
)

JOIN = Form(
    id="join",
    title="Join the network",
    intro="A few questions about you.",
    fields=tuple(Field(name=f"f{number}", label=f"Question {number}") for number in range(7)),
)


async def test_a_form_is_a_modal(world: World) -> None:
    world.core.reply = CONTACT
    shown = await world.ana.slash(world.channel, "help")
    modal = shown.modal
    assert modal is not None
    assert len(modal["title"]) <= 45
    assert [part["label"] for part in modal["components"]] == [
        "Topic",
        "Your question",
        "Country",
        "What is polluted?",
    ]
    country = modal["components"][2]["component"]
    assert (country["value"], country["max_length"], country["required"]) == ("Italy", 60, False)
    world.core.reply = Message(text="Thank you", is_ephemeral=True)
    done = await world.ana.submit_modal(
        shown,
        {"topic": ["pb"], "question": "lead\x00?", "media": ["soil", "water"]},
    )
    event = world.event
    assert isinstance(event, FormSubmitted)
    assert event.form == "contact"
    assert dict(event.values) == {
        "topic": "pb",
        "question": "lead?",
        "country": "",
        "media": "soil,water",
    }
    assert done.response is not None
    assert done.response.ephemeral


async def test_a_modal_survives_a_restart(
    world: World, make_client: Callable[[], AssistantClient]
) -> None:
    world.core.reply = CONTACT
    shown = await world.ana.slash(world.channel, "help")
    await world.env.restart_bot(make_client())
    world.core.reply = Message(text="Thank you")
    done = await world.ana.submit_modal(shown, {"topic": ["pb"], "question": "lead?"})
    assert isinstance(world.event, FormSubmitted)
    assert done.response is not None
    assert done.response.content == "Thank you"


async def test_a_long_form_comes_in_pages(
    world: World, make_client: Callable[[], AssistantClient]
) -> None:
    world.core.reply = JOIN
    first = await world.ana.slash(world.channel, "help")
    assert first.modal is not None
    assert first.modal["title"] == "Join the network 1/2"
    between = await world.ana.submit_modal(first, {f"f{number}": "a" for number in range(5)})
    assert between.response is not None
    assert between.response.ephemeral
    assert between.response.content == "A few questions about you."
    # A restart between the pages loses nothing that is in the store.
    await world.env.restart_bot(make_client())
    second = await world.ana.click(between.response, label="Join the network 2/2")
    assert second.modal is not None
    assert [part["label"] for part in second.modal["components"]] == ["Question 5", "Question 6"]
    world.core.reply = Message(text="Welcome")
    await world.ana.submit_modal(second, {"f5": "b", "f6": "c"})
    event = world.event
    assert isinstance(event, FormSubmitted)
    assert event.values == (*((f"f{number}", "a") for number in range(5)), ("f5", "b"), ("f6", "c"))
    # The same page once more: the form is not kept any longer.
    await world.ana.click(between.response, label="Join the network 2/2")
    assert isinstance(world.event, ActionPressed)
    assert world.event.action == Action("form")


async def test_a_form_in_answer_to_a_message_waits_behind_a_button(world: World) -> None:
    world.core.reply = CONTACT
    await world.ana.send(world.channel, f"{world.bot_mention} contact")
    offered = world.channel.last_message
    shown = await world.ana.click(offered, label=CONTACT.title)
    assert shown.modal is not None
    world.core.reply = Message(text="Thank you")
    await world.ana.submit_modal(shown, {"topic": ["pb"], "question": "lead?"})
    assert isinstance(world.event, FormSubmitted)
    assert world.event.value("question") == "lead?"


async def test_somebody_elses_form_stays_shut(world: World) -> None:
    world.core.reply = CONTACT
    await world.ana.send(world.channel, f"{world.bot_mention} contact")
    world.core.reply = Message(text="Not yours", is_ephemeral=True)
    shown = await world.ben.click(world.channel.last_message, label=CONTACT.title)
    assert shown.modal is None
    assert isinstance(world.event, ActionPressed)
    assert world.event.author.id == str(world.ben.id)


async def test_a_form_beside_other_parts_is_shown_first(world: World) -> None:
    world.core.reply = (Message(text="Please fill this in"), CONTACT)
    shown = await world.ana.slash(world.channel, "help")
    assert shown.modal is not None
    assert [part.content for part in shown.followups] == ["Please fill this in"]


def test_a_draft_is_the_same_after_the_store() -> None:
    draft = FormDraft(form=CONTACT, owner="1", page=1, values={"topic": "pb"})
    assert FormDraft.from_json(draft.to_json()) == draft


def test_a_reference_keeps_any_form_id() -> None:
    ref = ModalRef(form_id="reply:12%", draft_id="ab", page=3)
    assert ModalRef.unpack(ref.pack()) == ref


@pytest.mark.parametrize("custom_id", ["", "m:", "m:m:a:b", "x:m:a:b:1", "m:m:a:b:one", "m::"])
def test_other_modals_are_not_ours(custom_id: str) -> None:
    try:
        assert ModalRef.unpack(custom_id) is None
    except ChatError:
        assert custom_id in ("m:", "m::")


async def test_a_form_that_no_modal_holds_is_a_mistake() -> None:
    too_many = tuple(Choice(label=str(number), value=str(number)) for number in range(26))
    field = Field(name="country", label="Country", kind="choice", choices=too_many)
    with pytest.raises(ChatError):
        build_modal(Form(id="f", title="F", fields=(field,)))
    with pytest.raises(ChatError):
        build_modal(Form(id="f", title="F", fields=()))


async def test_nothing_shown_is_kept_in_memory(world: World) -> None:
    before = asyncio.all_tasks()
    button = Button(label="More", action=Action("more"))
    world.core.reply = Message(text="For you", rows=((button,),), is_ephemeral=True)
    await world.ana.slash(world.channel, "help")
    world.core.reply = CONTACT
    await world.ana.slash(world.channel, "help")
    # discord.py would hold a timer for the one and wait for the other for ever.
    assert asyncio.all_tasks() == before
    bot: Any = world.env.bot
    assert bot._connection._view_store._modals == {}


def test_a_file_is_asked_for_and_read() -> None:
    form = Form(id="f", title="File", fields=(Field(name="file", label="Send it", kind="file"),))
    (component,) = build_modal(form).to_dict()["components"]
    assert (component["component"]["type"], component["component"]["custom_id"]) == (19, "file")
    submitted = [{"type": 18, "component": {"type": 19, "custom_id": "file", "values": ["7"]}}]
    uploaded = {"url": "https://cdn.example/a.png", "filename": "a.png", "size": 9}
    resolved = {"attachments": {"7": {**uploaded, "content_type": "image/png"}}}
    (file,) = files_of(read_values(submitted, resolved), "file")
    assert (file.kind, file.name, file.size) == ("photo", "a.png", 9)
    assert file.handle == "https://cdn.example/a.png"
