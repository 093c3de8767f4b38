"""How good the search is: on a public data set, and on the project's own articles.

`evaluate_set` runs the protocol "match with refusal": the pool's examples (k an entry, or all
where the split is official) are the knowledge base, the test questions are asked, and
out-of-scope questions should be refused. It goes through the same engine that serves the bot.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from knowledge.measures import accuracy, auroc, misspell, recall, reciprocal_rank, refused_at
from knowledge.model import LANGUAGES, Collection, Problem
from knowledge.search.engine import examples_of
from knowledge.search.leaving import left_out
from knowledge.search.matcher import Match, Matcher
from knowledge.search.normalise import words
from knowledge.search.training import train

_WEAKEST: Final = 10
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set's knowledge base and questions; ``lang`` is the language of its texts."""

    name: str
    language: str
    base: Mapping[str, tuple[str, ...]]
    test: tuple[tuple[str, str], ...]
    outside: tuple[str, ...]


def read_set(path: Path, k: int = 5, seed: int = 0, typos: bool = False) -> DataSet:
    """Read a set's file and draw ``k`` examples an entry; raises ValueError on another format."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        pool: dict[str, list[str]] = data["pool"]
        base = {entry: tuple(texts) for entry, texts in sorted(pool.items())}
        if not data["fixed"]:
            draw = random.Random(1000 * k + seed)
            base = {
                entry: tuple(draw.sample(texts, k)) if len(texts) > k else texts
                for entry, texts in base.items()
            }
        test = [(str(text), str(entry)) for text, entry in data["test"]]
        outside = [str(text) for text in data["oos_test"]]
        name, language = str(data["name"]), str(data["lang"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is no data set in the benchmark's format: {error!r}") from error
    if not base or not (test or outside):
        raise ValueError(f"{path} holds no entries, or no questions to ask.")
    if typos:
        slips = random.Random(seed)
        test = [(misspell(text, slips), entry) for text, entry in test]
        outside = [misspell(text, slips) for text in outside]
    return DataSet(name, language, base, tuple(test), tuple(outside))


def evaluate_set(path: Path, k: int = 5, seed: int = 0, typos: bool = False) -> dict[str, Any]:
    """The figures of one data set: see README of the benchmarks for the names.

    ``auroc``, ``oos@10`` and ``kb_oos_refused`` are None where the set has no out-of-scope part.
    ``rss_mb`` is what the built engine adds to the process, ``query_ms`` one question's time.
    """
    data = read_set(path, k, seed, typos)
    gc.collect()
    memory = resident_mb()
    began = time.perf_counter()
    matcher = Matcher.build(data.base, data.language)
    build = time.perf_counter() - began
    gc.collect()
    memory = max(0.0, resident_mb() - memory)
    matches: list[Match] = []
    times: list[float] = []
    for text in (*(text for text, _ in data.test), *data.outside):
        began = time.perf_counter()
        matches.append(matcher.match(text, limit=_DEEPEST))
        times.append(1000 * (time.perf_counter() - began))
    inside, outside = matches[: len(data.test)], matches[len(data.test) :]
    ranks = [
        rank_of(entry, [key for key, _ in match.ranked])
        for match, (_, entry) in zip(inside, data.test, strict=True)
    ]
    sure_in, sure_out = [m.raw for m in inside], [m.raw for m in outside]
    threshold = matcher.calibration.suggest_from
    return {
        "set": data.name,
        "k": k,
        "seed": seed,
        "typos": typos,
        "examples": len(matcher.texts),
        "acc@1": accuracy(ranks),
        "recall@3": recall(ranks, 3),
        "mrr": reciprocal_rank(ranks),
        "auroc": auroc(sure_in, sure_out),
        "oos@10": refused_at(sure_in, sure_out, 0.10),
        "kb_false_refusal": share(m.chance < threshold for m in inside),
        "kb_oos_refused": share(m.chance < threshold for m in outside) if outside else None,
        "query_ms": {
            "p50": float(np.quantile(times, 0.5)),
            "p99": float(np.quantile(times, 0.99)),
        },
        "build_s": build,
        "rss_mb": memory,
    }


def evaluate_knowledge(collection: Collection) -> dict[str, Any]:
    """Leave-one-out over the articles, by language, with the weakest articles and the pairs that
    are taken for one another, each with the example that went astray."""
    languages = {}
    for language in LANGUAGES:
        examples = examples_of(collection, language)
        if examples:
            languages[language] = _leave_one_out(examples, language)
    return {
        "articles": len(collection.articles),
        "languages": languages,
        "same_example": [str(problem) for problem in same_examples(collection)],
    }


def same_examples(collection: Collection) -> list[Problem]:
    """Examples that two articles share (after folding): neither can be told from the other."""
    problems: list[Problem] = []
    for language in LANGUAGES:
        first: dict[str, str] = {}
        for key, texts in examples_of(collection, language).items():
            for text in texts:
                folded = " ".join(words(text))
                other = first.setdefault(folded, key)
                if other != key and folded:
                    message = f"the example “{text}” stands in {other} as well: reword one of them"
                    place = f"{language}/{key}.md"
                    problems.append(Problem(path=place, line=None, message=message))
    return problems


def _leave_one_out(examples: Mapping[str, Sequence[str]], language: str) -> dict[str, Any]:
    matcher = Matcher.build(examples, language)
    trained = None
    if matcher.model is not None:
        gram = matcher.examples.full_gram()
        trained = train(gram, matcher.examples.owners, len(matcher.entries))
    tried = left_out(matcher.examples, trained, sample=None)
    owners = matcher.examples.owners
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    astray: dict[tuple[str, str], str] = {}
    for example, found in tried.found:
        owner, best = matcher.entries[owners[example]], matcher.entries[found]
        asked[owner] += 1
        if owner == best:
            right[owner] += 1
            continue
        pairs[owner, best] += 1
        astray.setdefault((owner, best), matcher.texts[example])
    weakest = sorted(asked, key=lambda entry: (right[entry] / asked[entry], entry))[:_WEAKEST]
    total = sum(asked.values())
    return {
        "articles": len(examples),
        "examples": len(matcher.texts),
        "acc@1": sum(right.values()) / total if total else 0.0,
        "suggest_from": matcher.calibration.suggest_from,
        "expected_false_refusals": matcher.calibration.false_refusals,
        "expected_oos_refused": matcher.calibration.refused_outside,
        "weakest": [
            {"article": entry, "acc@1": right[entry] / asked[entry], "examples": asked[entry]}
            for entry in weakest
        ],
        "confused": [
            {"article": pair[0], "with": pair[1], "times": times, "example": astray[pair]}
            for pair, times in pairs.most_common(_WEAKEST)
        ],
    }


def rank_of(entry: str, ranked: Sequence[str]) -> int | None:
    """The place of an entry in a ranking, counted from 0, or None."""
    return ranked.index(entry) if entry in ranked else None


def share(flags: Any) -> float:
    """The share of true ones; 0 for none at all."""
    found = [bool(flag) for flag in flags]
    return sum(found) / len(found) if found else 0.0


def resident_mb() -> float:
    """The process's memory in use, in MB; its peak where the system tells no more than that."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1e6 if sys.platform == "darwin" else 1e3)
