"""Three articles of three questions each, in a folder of their own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write

QUESTIONS = {
    "sampling": ("how do i take a soil sample", "tools for sampling", "where to dig for the lab"),
    "lead": ("is there lead in paint chips", "lead limits", "how much lead is too much"),
    "rinsing": ("how do i rinse a spray can", "triple rinse it", "an empty pesticide bottle"),
}


def write_articles(folder: Path, contacts: str = CONTACTS) -> Path:
    """Write them below ``folder``, and a ``config.toml`` that names them; returns their place."""
    knowledge = folder / "knowledge"
    (knowledge / "articles" / "en").mkdir(parents=True)
    (knowledge / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (knowledge / "contacts.toml").write_text(contacts, encoding="utf-8")
    for key, texts in QUESTIONS.items():
        asked = json.dumps(list(texts))
        write(knowledge, key, GOOD.format(id=key).replace(f'["question about {key}?"]', asked))
    lines = [
        f'knowledge_dir = "{knowledge}"',
        "[answering]",
        f'cache_dir = "{folder / "cache"}"',
        "[database]",
        f'url = "sqlite:///{folder / "insop.db"}"',
    ]
    (folder / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return knowledge
