"""A small collection for the search tests: five articles, some of them in six languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.model import Article, ArticleText, Collection

Texts = Mapping[str, Mapping[str, tuple[str, ...]]]

BASE: Texts = {
    "soil-sample": {
        "en": (
            "Taking a soil sample",
            "how do i take a soil sample",
            "what tools do i need to sample my garden",
            "collecting soil for the lab",
            "sampling my vegetable patch step by step",
        ),
        "es": (
            "Tomar una muestra de suelo",
            "cómo tomo una muestra de suelo",
            "cómo recojo tierra para el laboratorio",
            "pasos para muestrear mi huerto",
        ),
        "ru": (
            "Отбор пробы почвы",
            "как взять пробу почвы",
            "как собрать землю для лаборатории",
            "проба грунта с огорода",
        ),
        "ar": ("أخذ عينة من التربة", "كيف آخذ عينة من التربة", "جمع التراب للمختبر"),
        "zh": ("采集土壤样品", "怎么采集土壤样品", "菜园取土样的步骤"),
    },
    "lead-limits": {
        "en": (
            "Limits for lead",
            "what is the limit for lead in soil",
            "how much lead is too much in a garden",
            "lead limits",
            "is 300 mg/kg lead too high",
        ),
        "es": ("Límites de plomo", "cuál es el límite de plomo en el suelo", "límites de plomo"),
    },
    "cadmium-limits": {
        "en": (
            "Limits for cadmium",
            "what is the limit for cadmium in soil",
            "how much cadmium is too much",
            "cadmium limits",
        ),
    },
    "rinse-can": {
        "en": (
            "Rinsing a pesticide can",
            "how do i rinse an empty spray can",
            "triple rinse a pesticide container",
            "cleaning an empty chemical bottle",
        ),
    },
    "join-network": {
        "en": (
            "Joining the network",
            "how do i join the network",
            "where is the membership form",
            "becoming a member",
        ),
    },
}


def collection(texts: Texts = BASE) -> Collection:
    """The texts as a collection; the first of each language is the title."""
    articles = {
        key: Article(
            id=key,
            topic="sampling",
            audience=("everyone",),
            sources=("S1",),
            related=(),
            last_review=date(2026, 1, 1),
            is_urgent=False,
            digest="0" * 12,
            texts={
                language: ArticleText(
                    language=language, title=found[0], questions=tuple(found[1:]), short="x"
                )
                for language, found in by_language.items()
            },
        )
        for key, by_language in texts.items()
    }
    return Collection(articles=articles, sources={}, contacts=())
