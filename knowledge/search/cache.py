"""The search index on disk, so that a start takes a fraction of a second.

One file a language, named by the hash of everything the index depends on: the examples, the
glossary and thesaurus, and `VERSION`. Written beside and renamed, so a reader sees a whole file
or none; a damaged or foreign file is rebuilt, never trusted. Plain arrays, no pickle.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from knowledge.search.arrays import map_arrays, write_arrays
from knowledge.search.confidence import Calibration
from knowledge.search.matcher import Matcher

VERSION: Final = 5
"""Raised whenever features, weights or the stored form change."""

_CONTENT: Final = ("thesaurus.toml", "glossary.toml", "languages.toml")


def cached_matcher(
    examples: Mapping[str, Sequence[str]], language: str, folder: Path | None
) -> Matcher:
    """The matcher of these examples: from the cache where it is there, else built and kept."""
    if folder is None:
        return Matcher.build(examples, language)
    path = folder / f"search-{language}-{_key(examples, language)}.index"
    matcher = _read(path, language)
    if matcher is None:
        matcher = Matcher.build(examples, language)
        _write(path, matcher)
    return matcher


def _key(examples: Mapping[str, Sequence[str]], language: str) -> str:
    digest = hashlib.sha256(f"{VERSION} {language} {np.__version__}\n".encode())
    for name in _CONTENT:
        digest.update(files("knowledge").joinpath(name).read_bytes())
    content = json.dumps(sorted(examples.items()), ensure_ascii=False)
    digest.update(content.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:20]


def _read(path: Path, language: str) -> Matcher | None:
    try:
        state: dict[str, Any] = map_arrays(path)
        facts = json.loads(state.pop("facts").tobytes())
        calibration = Calibration(**facts["calibration"])
        return Matcher.restore(state, language, facts["entries"], facts["texts"], calibration)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, matcher: Matcher) -> None:
    """Keep the index; a full or read-only disk costs the next start some seconds, nothing more."""
    facts = {
        "calibration": matcher.calibration.state(),
        "entries": matcher.entries,
        "texts": matcher.texts,
    }
    content = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)
            write_arrays(file, {"facts": content, **matcher.state()})
        temporary.replace(path)
        _forget_others(path, matcher.language)
    except OSError:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _forget_others(path: Path, language: str) -> None:
    """Keep the two newest indexes of a language; the one before may still serve a neighbour."""
    found = sorted(path.parent.glob(f"search-{language}-*"), key=os.path.getmtime, reverse=True)
    for old in found[2:]:
        old.unlink(missing_ok=True)
