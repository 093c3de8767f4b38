"""``insop ask``: answers without a database, for people, scripts and measurements."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.app import Standalone, build_library
from bot.chat.cleaning import clean
from bot.config import Settings
from bot.translating import translator
from knowledge.answering import Outcome, Query
from knowledge.library import Library
from knowledge.model import LANGUAGES

SHOWN = 10
"""Candidates in the JSON form."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Answer; 2 for wrong use."""
    fault = _misuse(options)
    if fault:
        print(fault, file=sys.stderr)
        return 2
    if options.batch:
        return _batch(options.batch, settings)
    library = build_library(settings)
    speaker = Standalone(library, translator)
    outcome = _decide(library, options.text, options.lang)
    if options.json:
        _print_json(_record(speaker, None, options.text, outcome))
        return 0
    print(speaker.reply_text(clean(options.text), outcome))
    if options.explain:
        print()
        print("\n".join(outcome.explanation))
    return 0


def _misuse(options: argparse.Namespace) -> str | None:
    if options.lang not in ("auto", *LANGUAGES):
        return f"--lang {options.lang}: choose auto or one of {', '.join(LANGUAGES)}."
    if options.batch and not options.json:
        return "--batch needs --json."
    if options.batch and options.text:
        return "Give a question or --batch, not both."
    if options.batch is None and options.text is None:
        return 'Give a question: insop ask "How do I take a soil sample?"'
    return None


def _batch(path: Path, settings: Settings) -> int:
    """One JSON line out for each line in; a broken line becomes a line with an error."""
    failures = 0
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            library = build_library(settings)
            speaker = Standalone(library, translator)
            for number, entry in _entries(lines):
                if isinstance(entry, str):
                    failures += 1
                    print(f"{path.name}:{number}: {entry}", file=sys.stderr)
                    _print_json({"id": None, "error": entry, "line": number})
                    continue
                outcome = _decide(library, entry["text"], entry.get("lang") or "auto")
                record = _record(speaker, entry.get("id"), entry["text"], outcome)
                _print_json(record)
    except OSError as error:
        if error.filename is None:
            # It is the output that fails.
            raise
        print(f"{path}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    return 1 if failures else 0


def _entries(lines: Any) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            yield number, "not valid JSON"
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            yield number, 'must be an object with a text under "text"'
        elif entry.get("lang") not in (None, "auto", *LANGUAGES):
            yield number, f'"lang" must be auto or one of {", ".join(LANGUAGES)}'
        else:
            yield number, entry


def _refuse(constant: str) -> None:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(constant)


def _print_json(record: dict[str, Any]) -> None:
    """One line, with escapes where the terminal or the text (half a character) needs them."""
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        line = json.dumps(record)
    print(line)


def _decide(library: Library, text: str, language: str) -> Outcome:
    chosen = None if language == "auto" else language
    return library.decide(Query(text=clean(text), language=chosen))


def _language(outcome: Outcome) -> str:
    return outcome.language if outcome.language in LANGUAGES else "en"


def _record(speaker: Standalone, key: Any, text: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": key,
        "decision": outcome.decision,
        "article": outcome.article,
        "score": round(float(outcome.score), 4),
        "language": _language(outcome),
        "candidates": [
            {"article": candidate.article, "score": round(float(candidate.score), 4)}
            for candidate in outcome.candidates[:SHOWN]
        ],
        "text": speaker.reply_text(clean(text), outcome),
    }
