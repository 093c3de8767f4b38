"""An announcement on the command line as each platform will show it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from rich.console import Console

from bot.adapters.console.render import show
from bot.attaching import LARGEST, MOST, file_name, is_program, media_type_of, megabytes, refusing
from bot.attaching import LIMITS as FILE_LIMITS
from bot.chat.errors import ChatError
from bot.chat.events import Platform
from bot.chat.markup import plain
from bot.chat.messages import Attachment, Message
from bot.commands.announce_texts import Misuse
from bot.previewing import preview

PLATFORMS = {"telegram": "Telegram", "discord": "Discord"}


class FileFault(Misuse):
    """A file that cannot be sent; one plain sentence."""


def read_files(names: list[str]) -> tuple[Attachment, ...]:
    """The files of ``--attach``; raises ``FileFault``."""
    if len(names) > MOST:
        raise FileFault(f"--attach: an announcement takes at most {MOST} files.")
    return tuple(_read(Path(name)) for name in names)


def check_sizes(files: tuple[Attachment, ...], platforms: set[str]) -> None:
    """Raises ``FileFault`` where one of the platforms takes no file so large."""
    for file in files:
        platform = refusing(len(file.data), platforms)
        if platform is not None:
            raise FileFault(
                f"{file.name}: has {megabytes(len(file.data))} MB; {PLATFORMS[platform]} takes at "
                f"most {FILE_LIMITS[platform] // (1024 * 1024)} MB. Send a smaller one, or leave "
                f"{PLATFORMS[platform]} out of --audience."
            )


def print_looks(texts: Mapping[str, Message], platforms: set[str], languages: list[str]) -> None:
    """What each platform makes of each version; raises ``FileFault`` where it cannot."""
    console = Console(highlight=False)
    for language in languages:
        print(f"[{language}]")
        show(console, texts[language], "INSOP assistant")
        for platform in sorted(platforms & set(PLATFORMS)):
            print(f"{PLATFORMS[platform]}: {_look(cast(Platform, platform), texts[language])}")


def _look(platform: Platform, message: Message) -> str:
    try:
        bubbles = preview(platform, message)
    except ChatError as error:
        raise FileFault(
            f"{PLATFORMS[platform]} cannot show this message: it is too long or has too many files."
        ) from error
    parts = []
    for bubble in bubbles:
        what = f"{bubble.kind} with {bubble.length} of {bubble.limit} characters"
        files = f", {', '.join(bubble.files)}" if bubble.files else ""
        buttons = " · ".join(plain(label) for row in bubble.buttons for label in row)
        parts.append(f"{what}{files}" + (f" [{buttons}]" if buttons else ""))
    count = f"{len(bubbles)} messages: " if len(bubbles) > 1 else "one message: "
    return count + "; ".join(parts)


def _read(path: Path) -> Attachment:
    name = file_name(path.name, None)
    if is_program(name):
        raise FileFault(f"{path}: is a program; only pictures and documents are sent.")
    try:
        if path.stat().st_size > LARGEST:
            raise FileFault(
                f"{path}: has {megabytes(path.stat().st_size)} MB; no platform takes more than "
                f"{LARGEST // (1024 * 1024)} MB."
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileFault(f"{path}: cannot be read ({type(error).__name__}).") from error
    if not data:
        raise FileFault(f"{path}: is empty.")
    return Attachment(name=name, media_type=media_type_of(name, data), data=data)
