"""A file of answers as rows of text: CSV, or the first sheet of an XLSX workbook.

Whatever cannot be read raises ``Unreadable``, in words for whoever chose the file.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.spreadsheet import FORMULA_STARTS, lines

BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 5_000
COLUMNS_MAX = 200
CELL_MAX = 20_000  # characters
HEADER_MAX = 300  # what follows is cut
# What an XLSX file may hold once it is unpacked, and how many empty rows may stand between others.
UNPACKED_MAX = 40 * 1024 * 1024
PARTS_MAX = 500
SCANNED_MAX = 50_000

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SEPARATORS = ",;\t"
# No text holds these: they come of a picture, a program, or of another alphabet.
NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# How word processors end a line within a cell.
LINE_END = re.compile(r"\r\n|[\r\v\f]")


class Unreadable(ValidationError):
    """The file cannot be read as a table of answers."""


@dataclass(frozen=True)
class Table:
    headers: list[str]
    rows: list[tuple[int, list[str]]]  # each with its number in the file, the headers being row 1


def read(name: str, content: bytes) -> Table:
    """Return what stands in the file ``name``. Raises Unreadable."""
    if not name.lower().endswith(ENDINGS):
        raise Unreadable(_("Choose a file whose name ends in .csv or .xlsx."))
    if not content.strip():
        raise Unreadable(_("This file is empty."))
    if len(content) > BYTES_MAX:
        raise Unreadable(_("This file is larger than 5 MB. Split it in two."))
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            _("This workbook is old or protected. Save it as XLSX without a password, or as CSV.")
        )
    lines = _xlsx(content) if content.startswith(ZIP) else _csv(content)
    return _table(lines)


def _csv(content: bytes):
    text = _plain_text(_text(content))
    if not text.strip():
        raise Unreadable(_("This file is empty."))
    try:
        separator = max(SEPARATORS, key=lambda each: len(_first(text, each)))
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise Unreadable(
            _("A quotation mark in this file is not closed, or a cell is far too long.")
        ) from error


def _first(text, separator) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])


def _text(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8 or, as older spreadsheets save it, Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        pass
    else:
        raise Unreadable(_("This file holds broken characters. Save it again as CSV UTF-8."))
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Unreadable(_("This is no table of text. Save it as CSV UTF-8 or as XLSX.")) from error


def _plain_text(text: str) -> str:
    if NOT_TEXT.search(text):
        raise Unreadable(_("This is no table of text. Save it as CSV UTF-8 or as XLSX."))
    return text


def _xlsx(content: bytes):
    from openpyxl import load_workbook  # half a second, and few processes need it

    try:
        _refuse_bombs(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size may be wrong
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > SCANNED_MAX:
                raise Unreadable(_too_many_rows())
            yield [_cell(value) for value in row]
    except Unreadable:
        raise
    except Exception as error:  # a broken workbook fails in as many ways as it can be broken
        raise Unreadable(
            _("This workbook is damaged. Open it in a spreadsheet and save it again.")
        ) from error


def _refuse_bombs(content: bytes) -> None:
    """Raise Unreadable unless the parts of the workbook are few, small and plain when unpacked.

    Python unpacks no more of a part than the size that the archive tells.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
            raise Unreadable(_("This workbook is too large once it is unpacked. Save it as CSV."))
        for part in parts:
            # No spreadsheet writes one; entities in it could grow without end.
            is_xml = part.filename.endswith((".xml", ".rels"))
            if is_xml and b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                raise ValueError(part.filename)


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain_text(str(value))


def _too_many_rows() -> str:
    return _("This file has more than %(most)s rows. Split it in two.") % {
        "most": number_format(ROWS_MAX, force_grouping=True)
    }


def _table(lines) -> Table:
    headers, rows = None, []
    for number, cells in enumerate(lines, start=1):
        if len(cells) > COLUMNS_MAX and any(map(str.strip, cells[COLUMNS_MAX:])):
            raise Unreadable(_("This file has more than %(most)s columns.") % {"most": COLUMNS_MAX})
        cells = [_clean(cell) for cell in cells[:COLUMNS_MAX]]
        while cells and not cells[-1]:
            cells.pop()
        if headers is None:
            headers = _headers(cells)
        elif cells:
            rows.append((number, cells))
            if len(rows) > ROWS_MAX:
                raise Unreadable(_too_many_rows())
    if not rows:
        raise Unreadable(_("Below the headers there is no row in this file."))
    return Table(headers, rows)


def _headers(cells) -> list[str]:
    if len(cells) < 2:
        raise Unreadable(
            _(
                "The first row has to hold the headers, in two columns or more. "
                "Between columns stands a comma, a semicolon or a tab."
            )
        )
    cells, seen = [" ".join(cell.split())[:HEADER_MAX] for cell in cells], set()
    for header in filter(None, cells):
        if header.casefold() in seen:
            raise Unreadable(
                _("Two columns are called “%(header)s”. Rename one of them.")
                % {"header": header[:100]}
            )
        seen.add(header.casefold())
    return cells


def _clean(cell: str) -> str:
    if len(cell) > CELL_MAX:
        raise Unreadable(
            _("A cell of this file has more than %(most)s characters.")
            % {"most": number_format(CELL_MAX, force_grouping=True)}
        )
    cell = LINE_END.sub("\n", cell).strip()
    is_quoted = cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS)
    return cell[1:] if is_quoted else cell


def as_csv(rows) -> str:
    """Return ``rows`` as CSV that spreadsheets open as it is meant: text, and never a formula."""
    return "".join(["\ufeff", *lines(rows)])
