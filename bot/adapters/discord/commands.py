"""Slash commands and the message menu, made from the ``Presentation``.

Limits: https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import discord
import structlog
from discord import app_commands

from bot.adapters.discord.components import CHOICE_LIMIT, CHOICES, label
from bot.adapters.discord.drafts import SyncState
from bot.adapters.discord.errors import delivery_errors
from bot.adapters.discord.inbound import command_invoked, inline_queried, shown_text
from bot.chat.errors import DeliveryError
from bot.chat.routes import CommandSpec, Presentation
from bot.chat.turn import Role

MENU_COMMAND: Final = "ask"
"""The command that the message menu stands for: the message is the question."""

DESCRIPTION_LIMIT: Final = 100
MENU_LIMIT: Final = 32

_DEFAULT: Final = "en"
_TEXTS: Final = "texts"
_STAFF: Final = discord.Permissions(manage_guild=True)
"""Who sees staff commands in a server at first; its owners may change that. The core checks the
role in any case."""

_log = structlog.get_logger(__name__)


class Localised(app_commands.Translator):
    """Finds the texts that ``_localised`` put into a string; Discord has no Arabic locale."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text for ``locale``, or None, which leaves the English one."""
        texts: Mapping[str, str] = string.extras.get(_TEXTS, {})
        return texts.get(locale.value) or texts.get(locale.value.partition("-")[0])


class AssistantTree(app_commands.CommandTree[Any]):
    """The commands; one that Discord still shows but is gone goes to the core, which says so."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the core of an unknown command; log any other failure by its name."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            data: Any = interaction.data or {}
            event = command_invoked(interaction, str(data.get("name", "")))
            await interaction.client.turns.interaction(interaction, event)
            return
        _log.error("discord.command_failed", error=type(error).__name__, exc_info=error)


def add_commands(tree: AssistantTree, presentation: Presentation) -> None:
    """Put the presentation's commands and its message menu into ``tree``."""
    for spec in presentation.commands:
        tree.add_command(_command(spec))
    if any(spec.name == MENU_COMMAND for spec in presentation.commands):
        tree.add_command(_menu(presentation.ask_menu))


async def sync_if_changed(tree: AssistantTree, state: SyncState) -> bool:
    """Send the commands to Discord unless it has these already; returns whether it did.

    Discord allows 200 new commands a day. A failure is logged and does not keep the bot from
    starting, since it can do without new commands.
    """
    translator = tree.translator
    assert translator is not None
    payload = [
        await command.get_translated_payload(tree, translator) for command in tree.get_commands()
    ]
    text = json.dumps(payload, sort_keys=True, ensure_ascii=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = f"discord.commands.{tree.client.application_id}"
    if await state.get(key) == digest:
        return False
    try:
        with delivery_errors():
            await tree.sync()
    except DeliveryError as error:
        reason = str(error)
        _log.warning("discord.sync_failed", error=type(error).__name__, reason=reason)
        return False
    await state.set(key, digest)
    _log.info("discord.commands_synced", count=len(payload))
    return True


def _localised(texts: Mapping[str, str], limit: int) -> app_commands.locale_str:
    shortened = {language: label(text, limit) for language, text in texts.items()}
    return app_commands.locale_str(shortened[_DEFAULT], **{_TEXTS: shortened})


def _command(spec: CommandSpec) -> app_commands.Command[Any, ..., None]:
    names = {**spec.names, _DEFAULT: spec.name}
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=_localised(names, MENU_LIMIT),
        description=_localised(spec.descriptions, DESCRIPTION_LIMIT),
        callback=_plain_callback(spec) if spec.option is None else _text_callback(spec),
        allowed_contexts=app_commands.AppCommandContext(
            guild=spec.is_in_groups, dm_channel=True, private_channel=False
        ),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    if spec.role >= Role.SECRETARIAT:
        command.default_permissions = _STAFF
    return command


def _plain_callback(spec: CommandSpec) -> Any:
    async def invoke(interaction: discord.Interaction[Any]) -> None:
        event = command_invoked(interaction, spec.name)
        await interaction.client.turns.interaction(interaction, event)

    return invoke


def _text_callback(spec: CommandSpec) -> Any:
    async def invoke(interaction: discord.Interaction[Any], text: str | None = None) -> None:
        event = command_invoked(interaction, spec.name, text or "", option=spec.option)
        await interaction.client.turns.interaction(interaction, event)

    async def complete(
        interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        titles = await interaction.client.turns.suggest(inline_queried(interaction, current))
        lines = dict.fromkeys(label(title, CHOICE_LIMIT) for title in titles)
        return [app_commands.Choice(name=line, value=line) for line in list(lines)[:CHOICES]]

    # discord.py reads the parameters from the annotations, which are strings here.
    invoke.__annotations__.update(interaction=discord.Interaction, text=str | None)
    hints = spec.option_hints or spec.descriptions
    decorated: Any = app_commands.describe(text=_localised(hints, DESCRIPTION_LIMIT))(invoke)
    if spec.has_suggestions:
        complete.__annotations__.update(interaction=discord.Interaction, current=str)
        decorated = app_commands.autocomplete(text=complete)(decorated)
    return app_commands.rename(text=spec.option or "text")(decorated)


def _menu(labels: Mapping[str, str]) -> app_commands.ContextMenu:
    async def invoke(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        event = command_invoked(
            interaction, MENU_COMMAND, shown_text(message), message_id=message.id
        )
        # Who wrote the message did not ask: the answer is for the eyes of the one who did.
        await interaction.client.turns.interaction(interaction, event, is_personal=True)

    invoke.__annotations__.update(interaction=discord.Interaction, message=discord.Message)
    return app_commands.ContextMenu(
        name=_localised(labels, MENU_LIMIT),
        callback=invoke,
        type=discord.AppCommandType.message,
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=True, private_channel=False
        ),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
