"""``insop eval --labels``: the search on questions that staff have labelled."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from bot.app import folder_of, own_folder_of, prepare_database
from bot.config import Settings
from bot.store.database import DatabaseError
from knowledge.labels import Labelled, evaluate_labels, fit, keep
from knowledge.loader import load
from knowledge.search.engine import Engine


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the figures; with ``--apply`` let the assistant use what was fitted."""
    try:
        labelled = asyncio.run(_labels(settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    if not labelled:
        print("Nobody has labelled a question yet; /teach is where that is done.")
        return 0
    cache = settings.answering.cache_folder
    collection = load(folder_of(settings), cache=cache, own=own_folder_of(settings))
    engine = Engine.build(collection, cache)
    result = evaluate_labels(engine, labelled)
    print(json.dumps(result) if options.json else _plain(result))
    if options.apply:
        fitted = fit(engine, labelled)
        keep(fitted, cache)
        names = ", ".join(sorted(fitted)) or "no language: too few labels"
        print(f"Kept for {names}. The assistant uses it from its next start.")
    return 0


async def _labels(settings: Settings) -> list[Labelled]:
    async with await prepare_database(settings) as database, database.begin() as store:
        return [
            Labelled(text=each.words, language=each.language, article=each.article)
            for each in await store.teaching.labels.all()
        ]


def _plain(result: dict[str, Any]) -> str:
    lines = []
    for language, found in result.items():
        fitted = found["suggest_from_fitted"]
        share = "" if fitted is None else f" (from the labels: {fitted:.2f})"
        now = found["suggest_from"]
        threshold = "–" if now is None else f"{now:.2f}"
        lines.append(
            f"{language}: {found['labels']} labels, {found['answerable']} with an article: "
            f"{found['right_first']} right first, {found['right_in_three']} among three, "
            f"{found['answerable_refused']} refused; of the others "
            f"{found['unanswerable_shown']} were shown something. Threshold {threshold}{share}."
        )
        if found["needed"]:
            lines.append(f"  {found['needed']} more labels are needed to fit it.")
    return "\n".join(lines)
