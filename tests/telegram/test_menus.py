"""Command menus and descriptions: by language and scope, and only when they differ."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram.api import TelegramApi
from bot.adapters.telegram.menus import Menus
from tests.telegram.conftest import Stage
from tests.telegram.loopback.server import TOKEN
from tests.telegram.stage import PRESENTATION


@pytest.fixture
def desk(stage: Stage) -> int:
    return stage.server.group("Desk").id


async def synchronise(stage: Stage, desk: int | None) -> None:
    api = TelegramApi(stage.settings(), TOKEN)
    await api.open_pools()
    try:
        await Menus(api, PRESENTATION, desk_chat=desk).synchronise()
    finally:
        await api.close_pools()


def menus(stage: Stage) -> dict[tuple[str, str], list[str]]:
    return {
        (call.parameters["scope"]["type"], call.parameters.get("language_code", "")): [
            f"{command['command']}: {command['description']}"
            for command in call.parameters["commands"]
        ]
        for call in stage.server.calls("setMyCommands")
    }


async def test_each_scope_and_language(stage: Stage, desk: int) -> None:
    await synchronise(stage, desk)
    shown = menus(stage)
    assert shown["all_private_chats", ""] == ["ask: Ask a question", "language: Choose a language"]
    assert shown["all_private_chats", "es"][0] == "ask: Haga una pregunta"
    assert shown["all_group_chats", ""] == ["ask: Ask a question"]
    assert shown["chat", ""] == ["ask: Ask a question", "open: Open questions"]
    texts = [call.parameters for call in stage.server.calls("setMyShortDescription")]
    assert texts == [
        {"short_description": "Answers on soil pollution"},
        {"short_description": "Respuestas sobre el suelo", "language_code": "es"},
    ]


async def test_nothing_is_set_twice(stage: Stage, desk: int) -> None:
    await synchronise(stage, desk)
    before = [call for call in stage.server.requests if call.method.startswith("set")]
    await synchronise(stage, desk)
    after = [call for call in stage.server.requests if call.method.startswith("set")]
    assert before
    assert len(after) == len(before)


async def test_a_failure_is_logged_and_the_rest_is_done(stage: Stage) -> None:
    with capture_logs() as logs:
        await synchronise(stage, -1_000_000_999_999)
    failures = [log for log in logs if log["event"] == "telegram.menus.failed"]
    assert {log["method"] for log in failures} == {"setMyCommands"}
    assert stage.server.calls("setMyDescription")


async def test_the_adapter_shows_them(stage: Stage) -> None:
    async with stage.running(set_commands=True):
        await stage.server.until_called("setMyShortDescription", 2)
