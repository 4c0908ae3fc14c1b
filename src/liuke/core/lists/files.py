"""Lists as files that spreadsheets open with the right letters and no formulas."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(lines: Iterator[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """Lines as a CSV file that spreadsheets open with the right letters and no formulas."""
    response = StreamingHttpResponse(_written(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


class _Echo:
    def write(self, text: str) -> str:
        return text


def _written(lines: Iterator[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for line in lines:
        yield writer.writerow([harmless(value) for value in line])
