"""Where the header of a table is: below its title, in one row or in two."""

from collections.abc import Sequence

from liuke.imports.readers.errors import no_rows

# Between the two rows of a header: 联系方式 · 手机. See `recognising`, which knows the last part.
JOINT = " · "
LONGEST_HEAD = 24
Cells = Sequence[str | None]


def header_of(first: Sequence[Cells]) -> tuple[int, list[str]]:
    """How many of the first rows are title and header, and the names they give to the columns."""
    at = _position(first)
    top = [_text(cell) for cell in first[at]]
    below = [_text(cell) for cell in first[at + 1]] if at + 1 < len(first) else []
    if not _continues(top, below, first[at + 2 :]):
        return at + 1, top
    width = max(len(top), len(below))
    top += [""] * (width - len(top))
    below += [""] * (width - len(below))
    names, group = [], ""
    for over, under in zip(top, below, strict=True):
        # A merged cell has its text in the first column only.
        group = over or (group if under else "")
        names.append(JOINT.join(filter(None, dict.fromkeys((group, under)))))
    return at + 2, names


def _position(first: Sequence[Cells]) -> int:
    """Titles above a table fill few cells; the header is the first row that fills most."""
    filled = [sum(1 for cell in row if _text(cell)) for row in first]
    if not filled or not max(filled):
        raise no_rows()
    return next(at for at, count in enumerate(filled) if count * 2 > max(filled))


def _continues(top: Sequence[str], below: Sequence[str], body: Sequence[Cells]) -> bool:
    """Whether the second row names what the first leaves blank, and is nothing like the rows."""
    named = [at for at, cell in enumerate(below) if cell]
    if not named or not any(at >= len(top) or not top[at] for at in named):
        return False
    if any(len(below[at]) > LONGEST_HEAD or any(map(str.isdigit, below[at])) for at in named):
        return False
    return any(_has_figures(body, at) for at in named)


def _has_figures(body: Sequence[Cells], at: int) -> bool:
    cells = [text for row in body if at < len(row) and (text := _text(row[at]))]
    figures = sum(any(map(str.isdigit, cell)) for cell in cells)
    return bool(cells) and figures * 2 > len(cells)


def _text(cell: str | None) -> str:
    return " ".join((cell or "").replace("\ufeff", "").split())
