"""Small talk and button wishes count only when nothing else stands in the message."""

from __future__ import annotations

import pytest

from knowledge.smalltalk import intent, smalltalk_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hello there!", "greeting"),
        ("السلام عليكم", "greeting"),
        ("你好", "greeting"),
        ("hi, thanks a lot!!", "thanks"),
        ("gracias por su ayuda", "thanks"),
        ("спасибо большое", "thanks"),
        ("au revoir", "goodbye"),
        ("who are you?", "who"),
        ("что ты умеешь?", "who"),
        ("great answer", "praise"),
        ("this is useless", "complaint"),
        ("hello, how deep do I dig?", None),
        ("thanks, and what about lead?", None),
        ("", None),
    ],
)
def test_smalltalk(text: str, kind: str | None) -> None:
    assert smalltalk_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("join", "join"),
        ("I want to join", "join"),
        ("je voudrais m'inscrire", "join"),
        ("хочу вступить в сеть", "join"),
        ("我想加入", "join"),
        ("Events", "events"),
        ("ayuda", "help"),
        ("privacy", "privacy"),
        ("الخصوصية", "privacy"),
        ("cambiar idioma", "language"),
        ("where do i join pipes", None),
        ("is contact with soil dangerous", None),
    ],
)
def test_intent(text: str, wish: str | None) -> None:
    assert intent(text) == wish
