"""Skeletons for new articles: valid front matter whose words say what belongs there."""

from __future__ import annotations

from datetime import date

from knowledge.model import Article


def original_skeleton(article_id: str, title: str, topic: str, today: date) -> str:
    """An English article to fill in; `insop kb check` names what is still open."""
    return f'''+++
id = "{article_id}"
title = {quoted(title or "A plain label of at most 70 characters")}
topic = "{topic}"
audience = ["everyone"]
questions = [
    "eight to twelve ways in which people ask this",
]
short = """
The whole answer for a small screen, at most 600 characters."""
steps = []
sources = ["S01"]
related = []
last_review = {today.isoformat()}
urgent = false
+++

The longer text, in short paragraphs.
'''


def translation_skeleton(article: Article, title: str) -> str:
    """A translation to fill in, with the English text as its model."""
    original = article.texts["en"]
    steps = "".join(f"    {quoted(step)},\n" for step in original.steps)
    return f'''+++
id = "{article.id}"
title = {quoted(title or original.title)}
questions = [
    "eight or more, as people of this language ask",
]
short = """
{original.short}"""
steps = [
{steps}]
translator = "your name"
reviewed = false
source_digest = "{article.digest}"
+++

{original.body}
'''


def quoted(text: str) -> str:
    """``text`` as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
