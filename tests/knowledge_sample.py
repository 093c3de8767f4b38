"""A small knowledge base of the tests' own, so that content changes break no behaviour test."""

from __future__ import annotations

from datetime import date

from knowledge.library import Library
from knowledge.model import Article, ArticleText, Collection, Contact, Source
from knowledge.search.fuzzy import FuzzySearch

DAY = date(2026, 4, 22)


def article(key: str, title: str, questions: list[str], **extra: object) -> Article:
    """An English article with sensible defaults."""
    text = ArticleText(
        language="en",
        title=title,
        questions=tuple(questions),
        short=f"Short answer on {title.lower()}.",
        steps=("First step.", "Second step."),
        body="## Longer\n\nA longer text with **bold** words.",
    )
    fields: dict[str, object] = {
        "id": key,
        "topic": "sampling",
        "audience": ("everyone",),
        "sources": ("S1",),
        "related": (),
        "last_review": DAY,
        "is_urgent": False,
        "texts": {"en": text},
        "digest": "0" * 12,
        **extra,
    }
    return Article(**fields)  # type: ignore[arg-type]  # fields are given by name in the tests


def sample_collection() -> Collection:
    """Four articles, one of them in Arabic too."""
    sampling = article(
        "soil-sampling",
        "Taking a soil sample",
        ["how do I take a soil sample?", "soil sampling steps", "dig soil for the lab"],
        related=("lead-limits",),
    )
    arabic = ArticleText(
        language="ar",
        title="أخذ عينة من التربة",
        questions=("كيف آخذ عينة من التربة؟", "عينة تربة"),
        short="خذ خمس عشرة عينة صغيرة واخلطها.",
        translator="test",
        is_reviewed=False,
    )
    articles = [
        article(
            "soil-sampling",
            "Taking a soil sample",
            list(sampling.texts["en"].questions),
            related=("lead-limits",),
            texts={"en": sampling.texts["en"], "ar": arabic},
        ),
        article("lead-limits", "Limits for lead", ["what is the limit for lead?", "lead limits"]),
        article("lead-health", "Lead and health", ["what does lead do to health?", "lead health"]),
        article("how-to-join", "How to join", ["how do I join the network?", "become a member"]),
    ]
    return Collection(
        articles={each.id: each for each in articles},
        sources={
            "S1": Source(
                id="S1",
                title="A report",
                organisation="FAO",
                year="2021",
                url="https://example.org/report",
                checked=DAY,
            )
        },
        contacts=(Contact(id="desk", name="The desk", email="desk@example.org"),),
        digest="sample",
    )


def sample_library() -> Library:
    """The sample with the first search over it."""
    return Library(sample_collection(), FuzzySearch.build)
