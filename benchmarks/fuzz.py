"""Random bytes at everything that reads what strangers write; any surprise is a finding.

Where atheris can be had (``make fuzz`` installs it), the bytes follow the coverage and begin with
real examples; without it they come from a seeded generator that mutates these.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
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
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # optional
    except ImportError:
        print("atheris is not installed here: mutating examples instead.")
        print(f"{run(options.seconds, options.seed)} inputs, no finding.")
        return 0
    test: Callable[[bytes], None] = once
    atheris.instrument_all()
    with tempfile.TemporaryDirectory(prefix="insop-fuzz-") as folder:
        examples = write_examples(Path(folder))
        limits = (f"-max_total_time={int(options.seconds)}", f"-seed={options.seed}")
        atheris.Setup([sys.argv[0], *limits, "-max_len=4096", str(examples)], test)
        atheris.Fuzz()  # does not come back: it ends the process
    return 0


def write_examples(folder: Path) -> Path:
    """Every example as a file that ``once`` reads."""
    for first, name in enumerate(sorted(READERS)):
        for number, example in enumerate(EXAMPLES.get(name, [])):
            (folder / f"{name}-{number}").write_bytes(bytes([first]) + example)
    return folder


if __name__ == "__main__":
    sys.exit(main())
