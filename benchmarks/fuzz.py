"""Random bytes at everything that reads what strangers write; any surprise is a finding.

With atheris (``pip install atheris``, Linux, where it builds) the bytes follow the coverage;
without it they come from a seeded generator that mutates real examples.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from typing import Final

from tests.core.outside import EXAMPLES, READERS


def once(data: bytes) -> None:
    """Give ``data`` to one reader, chosen by its first byte."""
    if not data:
        return
    names = sorted(READERS)
    READERS[names[data[0] % len(names)]](data[1:])


def mutated(chance: random.Random) -> bytes:
    """An example with some bytes changed, dropped, doubled or swapped with another's."""
    name = chance.choice(sorted(READERS))
    raw = bytearray(chance.choice(EXAMPLES.get(name, [b"{}"])))
    for _ in range(chance.randrange(1, 8)):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(4):
            case 0:
                raw[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[place : place + chance.randrange(1, 16)]
            case 2:
                raw[place:place] = raw[max(0, place - 20) : place]
            case _:
                raw[place:place] = chance.choice(ODD)
    return bytes([sorted(READERS).index(name)]) + bytes(raw)


ODD: Final = (
    b"\x00", b"\xff\xfe", "\u202e".encode(), "\u0000".encode(), b"\xed\xa0\x80", b"{" * 500,
    b"[" * 500, b"-1", b"1e999", b"null", b'"', b"\r\n", b"BEGIN:VEVENT\r\n", b"+++\n",
)  # fmt: skip


def run(seconds: float, seed: int) -> int:
    """Without atheris; returns how many inputs were tried."""
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < end:
        data = mutated(chance)
        try:
            once(data)
        except Exception:
            print(f"Finding, input {data!r}", file=sys.stderr)
            raise
        tried += 1
    return tried


def main() -> int:
    """Fuzz for so many seconds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        import atheris  # type: ignore[import-not-found,unused-ignore]  # optional
    except ImportError:
        print("atheris is not installed here: mutating examples instead.")
        print(f"{run(options.seconds, options.seed)} inputs, no finding.")
        return 0
    test: Callable[[bytes], None] = once
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-max_total_time={int(options.seconds)}"], test)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
