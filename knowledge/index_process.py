"""Builds the search index in a process of its own: ``python -m knowledge.index_process F CACHE``.

Building is seconds of computing that would hold Python's lock and with it every turn. The child
fills the cache; the assistant then only reads it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from knowledge.loader import load


async def build_in_child(folder: Path, cache: Path) -> bool:
    """Fill ``cache`` for the content of ``folder``; False where the child failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "knowledge.index_process",
        str(folder),
        str(cache),
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

    folder, cache = Path(sys.argv[1]), Path(sys.argv[2])
    Engine.build(load(folder, cache=cache), cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())
