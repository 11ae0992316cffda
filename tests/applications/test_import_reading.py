"""A file becomes rows of text, or says in words why it cannot."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from applications.importing import reading
from applications.importing.reading import Table, Unreadable, as_csv, read

HEADERS = "Timestamp,Email"


def workbook(*rows) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def archive(**parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts_of_it:
        for name, content in parts.items():
            parts_of_it.writestr(f"{name}.xml", content)
    return file.getvalue()


def with_part(content: bytes, name: str, text: str) -> bytes:
    """Return the workbook ``content`` with ``text`` in place of one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            new.writestr(part, text if part.filename == name else old.read(part))
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_file_is_read_in_each_alphabet_and_with_each_separator(encoding, separator):
    text = f'Prénom{separator}Idée\r\nZoé{separator}"a{separator} ""b""\r\nc"\r\n\r\n'

    table = read("réponses.CSV", text.encode(encoding))

    assert table == Table(["Prénom", "Idée"], [(2, ["Zoé", f'a{separator} "b"\nc'])])


def test_a_row_keeps_its_number_where_others_are_empty():
    table = read("a.csv", f"{HEADERS}\n,\na,b\n\n  ,c".encode())

    assert table.rows == [(3, ["a", "b"]), (5, ["", "c"])]


def test_a_workbook_is_read_by_its_values():
    moment = datetime(2021, 1, 25, 15, 4, 5)

    table = read("a.xlsx", workbook(["Timestamp", "Years"], [moment, 3.0], [None, True], ["=1+1"]))

    assert table.headers == ["Timestamp", "Years"]
    assert table.rows == [(2, ["2021-01-25 15:04:05", "3"]), (3, ["", "True"])]


def test_what_was_made_safe_for_spreadsheets_is_read_as_it_was():
    text = as_csv([["Phone", "Idea"], ["+1 416 555 0100", "=cmd|' /C calc'!A0"], ["-1", "＝x"]])

    assert text == ("\ufeffPhone,Idea\r\n'+1 416 555 0100,'=cmd|' /C calc'!A0\r\n'-1,'＝x\r\n")
    assert read("a.csv", text.encode()).rows == [
        (2, ["+1 416 555 0100", "=cmd|' /C calc'!A0"]), (3, ["-1", "＝x"]),
    ]  # fmt: skip


BOOK = workbook(["Timestamp", "Email"], ["a", "b"])
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
NO_TABLE = "This is no table of text. Save it as CSV UTF-8 or as XLSX."
DAMAGED = "This workbook is damaged. Open it in a spreadsheet and save it again."


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "This file is empty."),
        ("a.csv", b" \r\n", "This file is empty."),
        ("a.csv", b"\xef\xbb\xbf", "This file is empty."),
        ("a.csv", b"x" * (reading.BYTES_MAX + 1), "This file is larger than 5 MB."),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00", "Choose a file whose name ends in .csv or .xlsx."),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00,b\nc", NO_TABLE),
        ("a.csv", b"a,b\n\x81,\x8d", NO_TABLE),
        ("a.csv", b"a,b\nc\x00,d", NO_TABLE),
        ("a.csv", b"a,b\n\xed\xa0\x80,d", "This file holds broken characters."),
        ("a.xls", b"\xd0\xcf\x11\xe0", "Choose a file whose name ends in"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "This workbook is old or protected."),
        ("a.xlsx", b"PK\x03\x04 and no more", DAMAGED),
        ("a.xlsx", archive(nothing="here"), DAMAGED),
        ("a.xlsx", with_part(BOOK, SHEET, "<worksheet><sheetData><row>"), DAMAGED),
        ("a.xlsx", with_part(BOOK, SHEET, "<worksheet>&#xD800;</worksheet>"), DAMAGED),
        ("a.xlsx", with_part(BOOK, SHEET, ENTITIES), DAMAGED),
        ("a.xlsx", archive(bomb="0" * (reading.UNPACKED_MAX + 1)), "This workbook is too large"),
        ("a.xlsx", archive(**{f"n{n}": "" for n in range(501)}), "This workbook is too large"),
        ("a.csv", b"Email\na@b.test", "The first row has to hold the headers"),
        ("a.csv", b"a,b\n", "Below the headers there is no row in this file."),
        ("a.csv", b"Email,Name,email\na,b,c", "Two columns are called “email”."),
        ("a.csv", b'a,b\n"c,d', "A quotation mark in this file is not closed"),
        ("a.csv", b"a,b\n" + b"c" * 140_000 + b",d", "A quotation mark in this file"),
        ("a.csv", b"a,b\n" + b"c" * 20_001 + b",d", "A cell of this file has more than 20,000"),
        ("a.csv", b",".join(b"c%d" % n for n in range(10_000)), "more than 200 columns."),
        ("a.csv", b"a,b\n" + b"c,d\n" * 5_001, "This file has more than 5,000 rows."),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:40],
)  # fmt: skip
def test_a_file_that_is_no_table_says_so(name, content, why):
    with pytest.raises(Unreadable) as error:
        read(name, content)

    (words,) = error.value.messages
    assert why in words


def test_a_column_far_away_is_no_reason_to_read_all_between():
    far = '<c r="XFD2" t="inlineStr"><is><t>x</t></is></c>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2">{far}</row>'
        "</sheetData></worksheet>"
    )

    with pytest.raises(Unreadable) as error:
        read("a.xlsx", with_part(BOOK, SHEET, sheet))

    assert error.value.messages == ["This file has more than 200 columns."]


def test_a_sheet_of_empty_rows_is_not_read_to_its_end():
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    with pytest.raises(Unreadable) as error:
        read("a.xlsx", with_part(BOOK, SHEET, sheet))

    assert error.value.messages == ["This file has more than 5,000 rows. Split it in two."]
