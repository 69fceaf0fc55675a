"""Lists as files for spreadsheets: comma-separated values after RFC 4180, in UTF-8.

A spreadsheet takes a cell that begins with certain signs for a formula and runs it: a title that another side
has signed could then call programs or send the sheet away. Such a cell is given an apostrophe in front, which
spreadsheets read as "this is text".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

#: What begins a formula, in either width of the signs, and what some programs skip before one.
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_SKIPPED: Final = "\t\r\n "
#: Programs on Windows read UTF-8 only where these bytes come first.
_MARK: Final = "\ufeff"


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs, on one line."""
    text = "" if value is None else str(value)
    tidy = "".join(char if char.isprintable() else " " for char in text).strip(_SKIPPED)
    return f"'{tidy}" if tidy[:1] in _FORMULA else tidy


def sheet(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A list with its head, as a file."""
    held = io.StringIO()
    write = csv.writer(held, lineterminator="\r\n")
    write.writerow(head)
    for row in rows:
        write.writerow([cell(value) for value in row])
    return f"{_MARK}{held.getvalue()}".encode()


def download(content: bytes, name: str) -> HttpResponse:
    """A sheet as an answer that a browser saves under a name and never shows."""
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response
