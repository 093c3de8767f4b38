"""The ways that personas of these tests go again and again."""

from __future__ import annotations

from typing import Any

from bot.chat.events import FormSubmitted
from bot.config import LimitSettings, Settings
from tests.stage import Persona


def settings_with(**sections: Any) -> Settings:
    """Settings with wide limits."""
    return Settings(limits=LimitSettings(burst=1000), **sections)


async def answer_the_form(
    persona: Persona,
    *,
    name: str = "Ana",
    email: str = "ana@example.org",
    country: str = "Kenya",
    stakeholder: str = "farmer",
    receives: str = "news",
) -> None:
    """One question after another, up to the summary."""
    await persona.says("/join")
    for text in (name, email, country, stakeholder, "1", "Green Fields", "en", receives):
        await persona.says(text)
    assert "Yes, I join" in persona.screen, persona.screen


async def join(persona: Persona, **answers: str) -> None:
    """The form and the yes."""
    await answer_the_form(persona, **answers)
    await persona.presses("Yes, I join")


def modal(persona: Persona, form: str, **values: str) -> FormSubmitted:
    """A form that was filled in whole."""
    return FormSubmitted(form=form, values=tuple(values.items()), **persona.common())
