"""``insop eval``: how good the search is, on a data set or on the articles themselves."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from bot.app import folder_of
from bot.config import Settings
from knowledge.evaluation import evaluate_knowledge, evaluate_set
from knowledge.loader import load


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the figures; 2 for wrong use or a file that is no data set."""
    if options.labels:
        from bot.commands.evaluate_labels import run as run_labels

        return run_labels(options, settings)
    if options.knowledge == bool(options.set):
        print("Name a data set, --knowledge for the articles, or --labels.", file=sys.stderr)
        return 2
    if options.knowledge:
        collection = load(folder_of(settings), cache=settings.answering.cache_folder)
        result = evaluate_knowledge(collection)
        print(json.dumps(result, ensure_ascii=False) if options.json else _knowledge(result))
        return 0
    try:
        result = evaluate_set(options.set, options.k, options.seed, options.typos)
    except OSError as error:
        print(f"{options.set.name}: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    except ValueError as error:
        # The message begins with the path that was given; its name is enough.
        print(str(error).replace(str(options.set), options.set.name), file=sys.stderr)
        return 2
    print(json.dumps(result, ensure_ascii=False) if options.json else _plain(result))
    return 0


def _plain(result: dict[str, Any]) -> str:
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{key} {part:.2f}" for key, part in value.items())
        elif isinstance(value, float):
            shown = f"{value:.3f}"
        else:
            shown = "–" if value is None else str(value)
        lines.append(f"{name:>18}  {shown}")
    return "\n".join(lines)


def _knowledge(result: dict[str, Any]) -> str:
    lines = [f"{result['articles']} articles, each example left out once:"]
    for language, found in result["languages"].items():
        lines.append(
            f"\n{language}: {found['acc@1']:.1%} right first, of {found['examples']} examples "
            f"in {found['articles']} articles"
        )
        lines.append("  weakest: " + ", ".join(_weak(each) for each in found["weakest"][:5]))
        lines += [
            f"  {pair['article']} is taken for {pair['with']} ({pair['times']}): "
            f"“{pair['example']}”"
            for pair in found["confused"][:5]
        ]
    return "\n".join([*lines, *result["same_example"]])


def _weak(entry: dict[str, Any]) -> str:
    return f"{entry['article']} {entry['acc@1']:.0%}"
