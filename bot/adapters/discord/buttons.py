"""Every button and every select of the assistant, told by its id alone.

The id holds the whole action, so nothing is kept in memory, and a button that was sent before a
restart, or by another process, works like any other. ``client.add_dynamic_items`` takes the
three classes below.
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.chat.actions import Action
from bot.chat.errors import ChatError


class ActionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(r"a(?P<number>\d*):(?P<action>.+)", re.DOTALL),
):
    """A button whose id is ``a:`` and the packed action.

    A number stands before the colon where two buttons of one message do the same, since ids
    must differ within a message.
    """

    @classmethod
    def of(cls, label: str, *, style: discord.ButtonStyle, key: str, row: int) -> Self:
        """A button to send; ``key`` is the part of the id from the number on."""
        return cls(discord.ui.Button(label=label, style=style, custom_id=f"a{key}", row=row))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button that was pressed."""
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Tell it as the action."""
        action = _unpack(self.custom_id)
        if action is not None:
            await interaction.client.turns.press(interaction, action)


class ActionSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=re.compile(r"s(?P<number>\d*):(?P<action>.+)", re.DOTALL),
):
    """A select whose id is ``s:`` and the packed action; the choice becomes its last argument."""

    @classmethod
    def of(
        cls, placeholder: str, *, options: list[discord.SelectOption], key: str, row: int
    ) -> Self:
        """A select to send; ``key`` is the part of the id from the number on."""
        return cls(
            discord.ui.Select(
                placeholder=placeholder, options=options, custom_id=f"s{key}", row=row
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The select that was used."""
        assert isinstance(item, discord.ui.Select)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Tell it as the action with the choice."""
        action = _unpack(self.custom_id)
        if action is not None and self.item.values:
            chosen = Action(action.name, *action.args, self.item.values[0])
            await interaction.client.turns.press(interaction, chosen)


class FormButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=re.compile(r"f:(?P<draft>[0-9a-f]+)"),
):
    """Opens a form that could not be shown at once, or its next page.

    Discord shows a modal only as the first answer to a command or to a press.
    """

    @classmethod
    def of(cls, label: str, *, draft_id: str) -> Self:
        """A button to send."""
        style = discord.ButtonStyle.primary
        return cls(discord.ui.Button(label=label, style=style, custom_id=f"f:{draft_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """The button that was pressed."""
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show the modal."""
        await interaction.client.turns.open_form(interaction, self.custom_id.partition(":")[2])


def _unpack(custom_id: str) -> Action | None:
    try:
        return Action.unpack(custom_id.partition(":")[2])
    except ChatError:
        return None
