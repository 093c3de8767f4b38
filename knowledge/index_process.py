"""Builds the search index in a process of its own: ``python -m knowledge.index_process F CACHE``.

Building is seconds of computing that would hold Python's lock and with it every turn. The child
fills the cache; the assistant then only reads it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from knowledge.loader import load


async def build_in_child(folder: Path, cache: Path, own: Path | None = None) -> bool:
    """Fill ``cache`` for the content of ``folder`` and ``own``; False where the child failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "knowledge.index_process",
        str(folder),
        str(cache),
        *([] if own is None else [str(own)]),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def main() -> int:
    """Build what the cache lacks."""
    from knowledge.search.engine import Engine

    folder, cache, *others = map(Path, sys.argv[1:])
    Engine.build(load(folder, cache=cache, own=others[0] if others else None), cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())
