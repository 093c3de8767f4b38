"""Questions that only a person may answer unless an article covers them: dosage, medical, legal."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from knowledge.phrases import compile_phrases, matchable


def boundary(text: str) -> str | None:
    """Which boundary a question touches ("dosage", "medical", "legal"), or None."""
    ready = matchable(text)
    for name, pattern in _boundaries().items():
        if pattern.search(ready):
            return name
    return None


@lru_cache(maxsize=1)
def _boundaries() -> Mapping[str, re.Pattern[str]]:
    content = files("knowledge").joinpath("boundaries.toml").read_text("utf-8")
    return {
        name: compile_phrases(phrase for phrases in by_language.values() for phrase in phrases)
        for name, by_language in tomllib.loads(content).items()
    }
