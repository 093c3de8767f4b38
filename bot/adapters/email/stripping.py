"""What somebody wrote anew in a mail: without what they quoted, and without their signature.

The mails that the assistant sends begin their quoted part with a line of its own making
(``MARKER``), which is the surest sign. Beyond it, quotequail knows how mail programs begin a
quotation; added here are those of the network's languages that it does not know, and the blocks of
headers that Outlook puts in front. Answers between or below quoted lines are kept.
"""

from __future__ import annotations

import re
from typing import Final

import quotequail

MARKER: Final = "##- INSOP -##"
"""Stands in the line above which people write."""

LINE_LIMIT: Final = 400
"""Characters of a line that are looked at: the patterns of quotations slow down beyond."""
LINES: Final = 2000

_QUOTED: Final = re.compile(r"^\s*[>|»＞]")
_INTRODUCTIONS: Final = re.compile(
    r"^(?:"
    r".{0,200}<[^<>\s]+@[^<>\s]+>.{0,60}写道\s*[:：]"  # Gmail, Apple Mail, Foxmail in Chinese
    r"|在?\s?\d{4}\s?[年/-].{0,200}写道\s*[:：]"
    r"|.{0,200}تمت كتابة ما يلي بواسطة.{0,200}"  # Gmail in Arabic
    r"|(?:في|بتاريخ|كتب).{0,200}(?:كتب|كتبت|:)\s*:?.{0,100}"
    r"|.{0,200}\d{4}\s?г\.?.{0,40}\d{1,2}:\d{2}.{0,120}<[^<>\s]+@[^<>\s]+>\s*:"  # Gmail in Russian
    r"|.{0,200}(?:пишет|писал|писала|написал|написала)(?:\(а\))?\s*:"
    r"|Le .{0,200}\ba écrit\s*:"  # With any space before the colon.
    r"|On .{0,200}\bwrote\s*:"
    r"|El .{0,200}\bescribió\s*:"
    r")\s*$"
)
_ORIGINAL: Final = re.compile(
    r"^\s*[-_–—]{2,}\s?(?:original message|forwarded message|message d.origine|message original"
    r"|mensaje original|исходное сообщение|пересылаемое сообщение"
    r"|الرسالة الأصلية|原始邮件|原始郵件)"
    r"\s?[-_–—]{2,}\s*$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"^\s*_{20,}\s*$")
_HEADER: Final = re.compile(
    r"^\s*\*?(from|de|от|من|发件人|sent|date|envoyé|enviado(?: el)?|fecha|отправлено|дата"
    r"|تاريخ الإرسال|تم الإرسال|التاريخ|发送时间|日期|to|à|para|кому|إلى|收件人"
    r"|subject|objet|asunto|тема|الموضوع|主题|cc|копия|抄送)\s?\*?\s?[:：]\*?\s*\S",
    re.IGNORECASE,
)
_FIRST_HEADER: Final = re.compile(r"^\s*\*?(from|de|от|من|发件人)\s?\*?\s?[:：]", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"^(?:-- ?|—|__+|-{3,}|={3,})\s*$")
_DEVICE: Final = re.compile(
    r"^\s*(?:sent from (?:my|outlook|mail|yahoo)|get outlook for"
    r"|envoyé (?:de|depuis) (?:mon|ma|l|outlook)"
    r"|enviado desde (?:mi|el|outlook)|obtener outlook|télécharger outlook|отправлено (?:с|из) "
    r"|أُ?رسلت من|مُ?رسل من|تم الإرسال من|发自我的|從我的|来自我的|获取 outlook)[^.!?。]{0,80}$",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """The part of a mail's text that its author wrote; the whole where nothing else is left."""
    lines = [line.rstrip() for line in text.split("\n")[:LINES]]
    kept = _without_signature(_without_quotes(lines))
    found = "\n".join(kept).strip()
    return re.sub(r"\n{3,}", "\n\n", found)


def _without_quotes(lines: list[str]) -> list[str]:
    end = _end_of_new(lines)
    below = lines[end:]
    kept = _unquoted(lines[:end])
    if any(_QUOTED.match(line) for line in below):
        # Marked line by line: what is not marked was written by the author, below or between.
        kept += ["", *_unquoted(below)]
    return kept


def _end_of_new(lines: list[str]) -> int:
    """The first line of what is quoted without a sign before each line."""
    end = len(lines)
    for index, line in enumerate(lines):
        if MARKER in line and not _QUOTED.match(line):
            end = index
            break
        if _ORIGINAL.match(line) or _starts_headers(lines, index):
            end = index
            break
    end = min(end, _known_introduction(lines[:end]))
    while end and (_RULE.match(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return _without_introduction(lines, end)


def _starts_headers(lines: list[str], index: int) -> bool:
    if not _FIRST_HEADER.match(lines[index]):
        return False
    following = [line for line in lines[index : index + 8] if line.strip()]
    return sum(1 for line in following if _HEADER.match(line[:LINE_LIMIT])) >= 3


def _known_introduction(lines: list[str]) -> int:
    parts = quotequail.quote(
        "\n".join(line[:LINE_LIMIT] for line in lines), limit=LINES + 1, quote_intro_line=True
    )
    if len(parts) < 2 or _is_new_below(parts[1][1]):
        return len(lines)
    return min(len(lines), str(parts[0][1]).count("\n") + 1 if parts[0][1] else 0)


def _is_new_below(quoted: str) -> bool:
    """Whether the quotation is marked line by line, so that lines below may be new."""
    return any(_QUOTED.match(line) for line in quoted.split("\n"))


def _without_introduction(lines: list[str], end: int) -> int:
    """Where the lines before ``end`` introduce a quotation ("On … she wrote:"), their first."""
    for count in (1, 2, 3):
        start = end - count
        if start >= 0 and _is_introduction(lines[start:end]):
            return start
    return end


def _is_introduction(lines: list[str]) -> bool:
    joined = " ".join(line.strip() for line in lines)[:LINE_LIMIT]
    if not joined.endswith((":", "：")) and "بواسطة" not in joined:
        return False
    if _INTRODUCTIONS.match(joined):
        return True
    parts = quotequail.quote(f"{joined}\n> 1\n> 2\n> 3", limit=10, quote_intro_line=True)
    return len(parts) == 2 and not parts[0][1].strip()


def _unquoted(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for index, line in enumerate(lines):
        if not _QUOTED.match(line):
            kept.append(line)
            continue
        is_first = index == 0 or not _QUOTED.match(lines[index - 1])
        if is_first:
            while kept and not kept[-1].strip():
                kept.pop()
            del kept[_without_introduction(kept, len(kept)) :]
            kept.append("")
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    for index, line in enumerate(lines):
        is_rule = _SIGNATURE.match(line) and len(lines) - index <= 25
        if (is_rule or _DEVICE.match(line[:LINE_LIMIT])) and any(
            each.strip() for each in lines[:index]
        ):
            return lines[:index]
    return lines
