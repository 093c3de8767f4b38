"""``insop members``: export that no spreadsheet runs, import that names every bad row."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.chat.cells import guarded
from bot.cli import main

ROWS = """Name;E-mail;Country;Group;Interests;Joined;Institution
Ana Wanjiru;ana@example.org;Kenia;Farmer;Mapping, management;2024-05-31
=HYPERLINK("evil");eve@example.org;Германия;NGO;;
-1+cmd;minus@example.org;;;;
At Sign;at@example.org;FR;other;;;@SUM(A1)
+49 Karl;plus@example.org;Deutschland;Expert;;
张伟;zhang@example.org;中国;student;assessment;
"""
BAD = """name,email,country,group,joined
,nobody@example.org,Kenya,ngo,
Bob,bob(at)example.org,Kenya,ngo,
Carl,carl@example.org,Atlantisia9,ngo,
Dora,dora@example.org,Kenya,astronaut,
Emil,emil@example.org,Kenya,ngo,31.5.2024
Fine,fine@example.org,Kenya,ngo,
Twin,FINE@example.org,Kenya,ngo,
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text(ROWS, encoding="utf-8-sig")
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")
    return tmp_path


def members(*arguments: str) -> int:
    return main(["members", *arguments])


def test_a_list_comes_in_and_goes_out_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert members("import", "list.csv") == 0
    assert "6 members imported" in capsys.readouterr().out
    for form in ("csv", "json", "xlsx"):
        assert members("export", "--format", form, "--output", f"out.{form}") == 0
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["country"] == "KE"
    assert rows[0]["interests"] == "mapping,management"
    assert rows[0]["joined_at"].startswith("2024-05-31")
    assert [row["name"][:2] for row in rows[1:5]] == ["'=", "'-", "At", "'+"]
    assert rows[3]["organisation"] == "'@SUM(A1)"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    data = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in data][-1] == "张伟"
    sheet = load_workbook(folder / "out.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert sheet.cell(row=3, column=3).value == '=HYPERLINK("evil")'
    for form in ("csv", "json", "xlsx"):
        assert members("import", f"out.{form}", "--dry-run") == 0
        assert "0 rows to import, 6 on the list already" in capsys.readouterr().out


def test_an_export_takes_a_file_and_search_words_by_an_option(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert members("import", "list.csv") == 0
    assert members("export", "out.XLSX") == 0
    assert members("export", "germans.json", "--search", "country:germany") == 0
    assert members("export", "plain", "--format", "csv") == 0
    capsys.readouterr()
    sheet = load_workbook(folder / "out.XLSX").worksheets[0]
    assert sheet.max_row == 7
    data = json.loads((folder / "germans.json").read_text(encoding="utf-8"))
    assert [row["country"] for row in data] == ["DE", "DE"]
    assert (folder / "plain").read_text(encoding="utf-8-sig").startswith("number,state")
    assert members("export", "--search", "country:france") == 0
    assert "At Sign" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("country:kenya farmer",), "--search"),
        (("a.csv", "--output", "b.csv"), "once"),
        (("--format", "xlsx"), "needs a name"),
    ],
)
def test_an_export_that_cannot_be_meant_says_so_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    before = {file.name for file in folder.iterdir()}
    assert members("export", *arguments) == 1
    assert said in capsys.readouterr().err
    assert {file.name for file in folder.iterdir()} - {"var"} == before


def test_a_dry_run_names_every_bad_row_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert members("import", "bad.csv", "--dry-run") == 1
    told = capsys.readouterr().out
    for words in (
        "row 2: name: is missing",
        "row 3: email:",
        "row 4: country: is not understood",
        "row 5: stakeholder: is not understood",
        "row 6: joined_at:",
        "row 8: email: the same address stands above",
        "1 rows to import",
        "dry run",
    ):
        assert words in told
    assert "bob(at)" not in told
    members("list")
    assert "0 members" in capsys.readouterr().err


def test_bad_rows_stop_an_import_unless_they_are_left_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert members("import", "bad.csv") == 1
    assert "--skip-bad" in capsys.readouterr().out
    assert members("import", "bad.csv", "--skip-bad") == 0
    assert "1 members imported" in capsys.readouterr().out


def test_searching_counting_and_granting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members("import", "list.csv")
    capsys.readouterr()
    members("list", "country:kenya group:farmer")
    shown = capsys.readouterr()
    assert "Ana Wanjiru" in shown.out
    assert "1 members" in shown.err
    members("stats")
    assert "country\tDE\t2" in capsys.readouterr().out
    assert members("grant", "1", "expert") == 0
    assert members("grant", "99", "expert") == 1
    members("duplicates")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.pdf", b""),
        ("x.xlsx", b"not a zip"),
        ("x.json", b'{"a": 1}'),
        ("x.json", b"nonsense"),
        ("x.csv", b"\xff\xfe\x00name"),
        ("none.csv", None),
    ],
)
def test_a_file_that_is_none_is_said_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    assert members("import", name) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert name in told


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_cells_that_look_like_formulas_are_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("Ana") == "Ana"
