"""The privacy text: one source for the command, the consent and the document."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.config_members import RetentionSettings
from bot.translating import translator
from handlers.privacy_text import SECTIONS, VERSION, privacy_document
from tests.membership.journeys import settings_with
from tests.stage import Stage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
DIGESTS = {"2026-11": "3fd22cba25d7963d", "2026-11-23": "1108a24475c1c80f"}
"""The text of each version. Whoever changes the text adds a version; old consents name theirs."""


def test_the_document_is_the_text_of_the_command() -> None:
    wanted = privacy_document(translator("en"), RetentionSettings())
    assert DOCUMENT.read_text(encoding="utf-8") == wanted, (
        "write docs/privacy.md anew: python -c 'from handlers.privacy_text import *; "
        "from bot.config_members import RetentionSettings; from bot.translating import translator; "
        'print(privacy_document(translator("en"), RetentionSettings()), end="")\' '
        "> docs/privacy.md"
    )


def test_another_text_is_another_version() -> None:
    whole = "\0".join(part.title + part.text for part in SECTIONS)
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    assert DIGESTS.get(VERSION) == digest, "a changed text needs a new VERSION and its digest here"


async def test_the_command_shows_the_days_of_the_settings(stage: Stage) -> None:
    stage.restart(settings_with(retention=RetentionSettings(left_days=5)))
    ana = stage.persona("Ana")
    await ana.says("/privacy")
    ana.sees("erased after 5 days", "Who sees it", f"Version {VERSION}", "/forget")
