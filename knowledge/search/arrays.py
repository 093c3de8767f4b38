"""Named arrays in one file that is mapped into memory, not read.

What a process never touches costs it no memory, and several processes share the rest. After eight
bytes with the header's length comes the header as JSON (each array's type, shape and place, and
the checksum of what follows), then the arrays, each at a multiple of 64 bytes.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

_ALIGNED: Final = 64
_CHUNK: Final = 1 << 20
_LONGEST_HEADER: Final = 1 << 20


def write_arrays(file: IO[bytes], arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write the arrays to an open, empty file."""
    places: dict[str, tuple[str, list[int], int]] = {}
    end = checksum = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, list(array.shape), end)
        content = _padded(np.ascontiguousarray(array))
        checksum = zlib.crc32(content, checksum)
        end += len(content)
    header = json.dumps({"arrays": places, "size": end, "checksum": checksum}).encode()
    file.write(len(header).to_bytes(8, "little"))
    file.write(header)
    file.write(bytes(-(8 + len(header)) % _ALIGNED))
    for array in arrays.values():
        file.write(_padded(np.ascontiguousarray(array)))


def map_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a file, read-only; ``OSError`` or ``ValueError`` where it is not whole."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length < _LONGEST_HEADER:
            raise ValueError("not a file of arrays")
        header = json.loads(file.read(length))
        file.seek(-(8 + length) % _ALIGNED, 1)
        start = file.tell()
        size = checksum = 0
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
            size += len(chunk)
        if (size, checksum) != (header["size"], header["checksum"]):
            raise ValueError("the file is damaged")
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return {
        name: np.ndarray(shape, np.dtype(kind), buffer=content, offset=start + place)
        for name, (kind, shape, place) in header["arrays"].items()
    }


def _padded(array: np.ndarray[Any, Any]) -> bytes:
    content = array.tobytes()
    return content + bytes(-len(content) % _ALIGNED)
