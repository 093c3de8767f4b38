"""Lists of members as CSV, Excel and JSON files, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.chat.cells import FORMULA_SIGNS, GUARD, guarded

ENCODING: Final = "utf-8-sig"
"""With the mark by which spreadsheets know that it is UTF-8."""


class FileError(Exception):
    """The file cannot be read or written; one plain sentence."""


def write_csv(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a CSV file; cells that look like a formula get an apostrophe before them."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([guarded(cell) for cell in row])
        yield line.getvalue()


def write_json(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A JSON array, an object a line."""
    lead = "[\n"
    for row in rows:
        yield lead + json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False)
        lead = ",\n"
    yield "[]\n" if lead == "[\n" else "\n]\n"


def write_xlsx(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """An Excel file whose cells are all text, so that none is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("members")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=printable(value))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def printable(cell: str) -> str:
    """Without control signs, which an Excel file cannot hold."""
    return "".join(sign for sign in cell if sign >= " " or sign in "\n\t")


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers, as a spreadsheet counts them, and cells by heading in lower case.

    Raises ``FileError``.
    """
    suffix = path.suffix.lower()
    readers = {".csv": _csv, ".tsv": _csv, ".xlsx": _xlsx, ".json": _json}
    if suffix not in readers:
        raise FileError(f"{path}: give a .csv, .xlsx or .json file.")
    try:
        yield from readers[suffix](path)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, csv.Error) as error:
        raise FileError(f"{path}: cannot be read ({type(error).__name__}).") from error


def _csv(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding=ENCODING, newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=head.count)
        reader = csv.reader(file, delimiter=delimiter)
        header = [heading.strip().casefold() for heading in next(reader, [])]
        for row in reader:
            if any(cell.strip() for cell in row):
                cells = (_unguarded(cell) for cell in row)
                yield reader.line_num, dict(zip(header, cells, strict=False))


def _xlsx(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except BadZipFile as error:
        raise ValueError("not an Excel file") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        header = [str(heading or "").strip().casefold() for heading in next(rows, ())]
        for number, row in enumerate(rows, 2):
            if any(cell not in (None, "") for cell in row):
                cells = ("" if cell is None else str(cell) for cell in row)
                yield number, dict(zip(header, cells, strict=False))
    finally:
        book.close()


def _json(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    data: Any = json.loads(path.read_text(encoding=ENCODING))
    if not isinstance(data, list):
        raise ValueError("not a list")
    for number, row in enumerate(data, 1):
        if not isinstance(row, Mapping):
            raise ValueError("not a list of objects")
        yield number, {str(key).casefold(): _plain(value) for key, value in row.items()}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _unguarded(cell: str) -> str:
    """What ``guarded`` made of it, undone."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA_SIGNS) else cell
