"""Questions that only a person may answer unless an article covers them: dosage, medical, legal."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from knowledge.phrases import Phrases, heads_of, matchable


def boundary(text: str) -> str | None:
    """Which boundary a question touches ("dosage", "medical", "legal"), or None."""
    ready = matchable(text)
    heads = heads_of(ready)
    for name, phrases in _boundaries().items():
        if phrases.search(ready, heads):
            return name
    return None


@lru_cache(maxsize=1)
def _boundaries() -> Mapping[str, Phrases]:
    content = files("knowledge").joinpath("boundaries.toml").read_text("utf-8")
    return {
        name: Phrases.of(phrase for phrases in by_language.values() for phrase in phrases)
        for name, by_language in tomllib.loads(content).items()
    }
