"""What kind of file it is, by its first bytes: names of files lie."""

from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext as _

from liuke.imports.readers.errors import Unreadable, nothing_in_it


class Format(StrEnum):
    TEXT = "csv"
    PACKED_TEXT = "csv.gz"
    WORKBOOK = "xlsx"
    COLUMNS = "parquet"


BEGINNINGS = (
    (b"PAR1", Format.COLUMNS),
    (b"PK\x03\x04", Format.WORKBOOK),
    (b"\xd0\xcf\x11\xe0", Format.WORKBOOK),
    (b"\x1f\x8b", Format.PACKED_TEXT),
)
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc", b"SQLite format")
PAGE_BEGINNINGS = (b"<html", b"<!doctype", b"<table", b"<?xml")


def format_of(path: Path) -> Format:
    """Raises Unreadable for an empty file and for what is no table."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head.strip():
        raise nothing_in_it()
    for beginning, kind in BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(OTHER_KINDS):
        raise Unreadable(_("This is not a table. Choose a CSV, XLSX or Parquet file."))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGE_BEGINNINGS):
        raise Unreadable(
            _("This is a web page saved as a table. Open it in Excel and save it as XLSX.")
        )
    return Format.TEXT
