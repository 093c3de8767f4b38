"""The answering engine beside RapidFuzz token_set, BM25 and TF-IDF, on public data sets.

    python benchmarks/answering.py [--data DIR] [--k 5] [--seeds 0 1] [--sets NAME …]
                                   [--typos] [--sizes 1000 10000 100000] [--json]

The sets' licences stand in their files; they are read where they lie. Every figure of a row is
measured in the same run. Sizes are measured in a process each, on questions made from the sets
with an invented word mixed in, ten an entry; ``peak_mb`` is what building needs at its height.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from knowledge.evaluation import DataSet, evaluate_set, rank_of, read_set, resident_mb
from knowledge.measures import accuracy, auroc, refused_at
from knowledge.search.matcher import Matcher
from knowledge.search.normalise import words

ROOT = Path(__file__).resolve().parent.parent
Scores = np.ndarray[Any, np.dtype[np.float64]]
Scorer = Callable[[str], Scores]
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "xa", "pi", "du", "gre", "sto")


def token_set(texts: Sequence[str]) -> Scorer:
    """RapidFuzz's token_set_ratio to every example."""
    folded = [" ".join(words(text)) for text in texts]

    def score(text: str) -> Scores:
        asked = [" ".join(words(text))]
        scores: Scores = process.cdist(asked, folded, scorer=fuzz.token_set_ratio)[0].astype(float)
        return scores

    return score


def bm25(texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> Scorer:
    """Okapi BM25 over folded words, an example as a document."""
    counter = CountVectorizer(analyzer=words)
    counts = counter.fit_transform(texts).tocsc().astype(float)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    present = np.diff(counts.indptr)
    idf = np.log(1 + (len(texts) - present + 0.5) / (present + 0.5))
    weights = counts.tocoo()
    norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
    weights.data = idf[weights.col] * weights.data * (k1 + 1) / (weights.data + norm[weights.row])
    matrix = weights.tocsr()

    def score(text: str) -> Scores:
        return np.asarray((matrix @ counter.transform([text]).T).todense()).ravel()

    return score


def tf_idf(texts: Sequence[str]) -> Scorer:
    """Cosine of TF-IDF over words and letters inside words, both halves alike."""
    makers = (
        TfidfVectorizer(analyzer=words, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    matrices = [maker.fit_transform(texts) for maker in makers]

    def score(text: str) -> Scores:
        parts = [
            np.asarray((matrix @ maker.transform([text]).T).todense()).ravel()
            for maker, matrix in zip(makers, matrices, strict=True)
        ]
        return np.asarray(0.5 * (parts[0] + parts[1]))

    return score


BASELINES: Mapping[str, Callable[[Sequence[str]], Scorer]] = {
    "token_set": token_set,
    "BM25": bm25,
    "TF-IDF": tf_idf,
}


def baseline(name: str, data: DataSet) -> dict[str, Any]:
    """The figures of a nearest-example search on one data set."""
    pairs = [(text, entry) for entry, texts in data.base.items() for text in texts]
    owners = [entry for _, entry in pairs]
    scorer = BASELINES[name]([text for text, _ in pairs])
    times: list[float] = []

    def ask(text: str) -> tuple[list[str], float]:
        began = time.perf_counter()
        scores = scorer(text)
        order = np.argsort(-scores, kind="stable")[:200]
        times.append(1000 * (time.perf_counter() - began))
        return list(dict.fromkeys(owners[place] for place in order)), float(scores[order[0]])

    inside = [(ask(text), entry) for text, entry in data.test]
    outside = [ask(text)[1] for text in data.outside]
    confident = [sure for (_, sure), _ in inside]
    return {
        "acc@1": accuracy([rank_of(entry, ranked) for (ranked, _), entry in inside]),
        "auroc": auroc(confident, outside),
        "oos@10": refused_at(confident, outside, 0.10),
        "query_ms": {"p50": float(np.quantile(times, 0.5)), "p99": float(np.quantile(times, 0.99))},
    }


def measure(path: Path, k: int, seeds: Sequence[int], typos: bool) -> dict[str, Any]:
    """All searches on one set, means over the seeds (one where the split is official)."""
    if json.loads(path.read_text(encoding="utf-8"))["fixed"]:
        seeds = seeds[:1]
    rows: dict[str, list[dict[str, Any]]] = {"engine": []}
    for seed in seeds:
        rows["engine"].append(evaluate_set(path, k, seed, typos))
        data = read_set(path, k, seed, typos)
        for name in BASELINES:
            rows.setdefault(name, []).append(baseline(name, data))
    return {name: average(found) for name, found in rows.items()}


def average(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Figure by figure; None stays None, and names stay as they are."""
    result: dict[str, Any] = {}
    for name, value in rows[0].items():
        if isinstance(value, Mapping):
            result[name] = average([row[name] for row in rows])
        elif isinstance(value, float):
            result[name] = mean(row[name] for row in rows)
        elif name != "seed":
            result[name] = value
    return result


def measure_size(folder: Path, examples: int) -> dict[str, Any]:
    """Time, memory and build of the engine alone, at a number of examples; its own process."""
    draw = random.Random(0)
    pool = [
        text
        for name in ("clinc150", "banking77")
        for texts in json.loads((folder / f"{name}.json").read_text("utf-8"))["pool"].values()
        for text in texts
    ]
    base: dict[str, tuple[str, ...]] = {}
    for number in range(examples // 10):
        tag = "".join(draw.choice(SYLLABLES) for _ in range(3))
        base[f"entry{number}"] = tuple(mixed(draw.choice(pool), tag, draw) for _ in range(10))
    asked = [
        " ".join(draw.sample(text.split(), max(1, 2 * len(text.split()) // 3)))
        for entry in draw.sample(sorted(base), min(len(base), 500))
        for text in base[entry][:2]
    ]
    before = resident_mb()
    began = time.perf_counter()
    matcher = Matcher.build(base, "en")
    build = time.perf_counter() - began
    added = resident_mb() - before
    times: list[float] = []
    for text in asked:
        began = time.perf_counter()
        matcher.match(text)
        times.append(1000 * (time.perf_counter() - began))
    return {
        "examples": len(matcher.texts),
        "build_s": build,
        "rss_mb": added,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before,
        "query_ms": {"p50": float(np.quantile(times, 0.5)), "p99": float(np.quantile(times, 0.99))},
    }


def mixed(text: str, tag: str, draw: random.Random) -> str:
    """A question of at most fourteen words with an invented word in a random place."""
    found = text.split()[:14]
    found.insert(draw.randrange(len(found) + 1), tag)
    return " ".join(found)


def show(figures: Mapping[str, Any]) -> None:
    """Print the tables for people."""
    for key, sets in figures["sets"].items():
        print(f"\n{key}: acc@1 / AUROC / OOS@10 in %, p50 ms")
        names = list(next(iter(sets.values())))
        print(f"{'':18}" + "".join(f"{name:>26}" for name in names))
        for name, rows in sets.items():
            print(f"{name:18}" + "".join(f"{cell(row):>26}" for row in rows.values()))
    for row in figures["sizes"]:
        print(
            f"\n{row['examples']:>7} examples: build {row['build_s']:.2f} s, "
            f"memory {row['rss_mb']:.0f} MB (peak {row['peak_mb']:.0f}), "
            f"p50 {row['query_ms']['p50']:.2f} ms, p99 {row['query_ms']['p99']:.2f} ms"
        )


def cell(row: Mapping[str, Any]) -> str:
    """One search on one set."""
    parts = [row["acc@1"], row["auroc"], row["oos@10"]]
    shown = " / ".join("–" if part is None else f"{100 * part:.1f}" for part in parts)
    return f"{shown}  {row['query_ms']['p50']:.2f}"


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "bench" / "data")
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--sets", nargs="+", default=None)
    parser.add_argument("--typos", action="store_true", help="misspelt questions as well")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"No data sets in {args.data}: name their folder with --data.", file=sys.stderr)
        return 2
    if args.size:
        print(json.dumps(measure_size(args.data, args.size)))
        return 0
    paths = [
        path
        for path in sorted(args.data.glob("*.json"))
        if args.sets is None or path.stem in args.sets
    ]
    figures: dict[str, Any] = {"k": args.k, "seeds": args.seeds, "sets": {}, "sizes": []}
    for typos in (False, True) if args.typos else (False,):
        figures["sets"]["misspelt" if typos else "as asked"] = {
            path.stem: measure(path, args.k, args.seeds, typos) for path in paths
        }
    for size in args.sizes:
        command = [sys.executable, __file__, "--data", str(args.data), "--size", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        figures["sizes"].append(json.loads(done.stdout))
    print(json.dumps(figures, indent=2)) if args.json else show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
