"""``winmail.dat``: what Outlook packs a mail into (MS-OXTNEF), taken apart by tnefparse.

The library trusts the numbers in the file, so that a forged one keeps it busy for hours. It runs
in a process of its own, with bounds on time and memory: ``python -m bot.adapters.email.winmail``
reads the file and writes JSON.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final

SECONDS: Final = 20
MEMORY: Final = 1 << 30
"""Bytes of address space, where the system can bound it."""
FILES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """``html`` where there is no ``text``; files as name and content."""

    text: str = ""
    html: str = ""
    files: tuple[tuple[str, bytes], ...] = ()


def unpack(data: bytes, *, seconds: float = SECONDS) -> Unpacked | None:
    """What is in it; None where it is broken, hostile or too large."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bot.adapters.email.winmail"],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        found = json.loads(done.stdout)
        return Unpacked(
            text=found["text"],
            html=found["html"],
            files=tuple((name, base64.b64decode(content)) for name, content in found["files"]),
        )
    except (subprocess.SubprocessError, OSError, ValueError, KeyError, TypeError):
        return None


def _bound() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _read(data: bytes) -> dict[str, Any]:
    from tnefparse import TNEF

    logging.disable(logging.CRITICAL)
    mail = TNEF(data, do_checksum=False)
    files = [
        (str(each.long_filename() or "file"), base64.b64encode(bytes(each.data)).decode("ascii"))
        for each in mail.attachments[:FILES]
        if each.data
    ]
    return {"text": _text(mail.body), "html": _text(mail.htmlbody), "files": files}


def _text(body: Any) -> str:
    if isinstance(body, list):
        body = body[0] if body else ""
    if isinstance(body, bytes):
        try:
            body = body.decode("utf-8")
        except UnicodeDecodeError:
            body = body.decode("cp1252", "replace")
    return str(body or "").rstrip("\x00")


if __name__ == "__main__":
    _bound()
    json.dump(_read(sys.stdin.buffer.read()), sys.stdout)
