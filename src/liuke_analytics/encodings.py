"""Text files in whatever encoding they come, as UTF-8."""

import codecs
import gzip
import io
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from charset_normalizer import from_bytes

from liuke_analytics.saying import Said

_BLOCK = 1 << 20
_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# First bytes of the signs that people use, of each in its usual half.
_USUAL = {"gb18030": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}
_MOSTLY = 0.5


class Unreadable(Said):
    """The file is no CSV, Excel or Parquet file; the message says why."""


def in_utf8(path: Path, folder: Path) -> tuple[Path, str | None]:
    """`path` itself and None if it is UTF-8; else a decoded copy in `folder`, and from what.

    Raises Unreadable for an empty file, for one that is no text, and for a damaged zipped one.
    """
    try:
        encoding = _encoding(path)
        return (path, None) if encoding is None else (_decoded(path, encoding, folder), encoding)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise Unreadable(
            "{name} cannot be read as a table: {problem}", name=path.name, problem=problem
        ) from problem


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, unzipped where it is zipped."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else path.open("rb")


def _encoding(path: Path) -> str | None:
    """None for UTF-8, else the most likely encoding."""
    with opened(path) as file:
        block = file.read(_BLOCK)
        if not block.strip():
            raise Unreadable("the file is empty")
        for mark, name in _MARKS.items():
            if block.startswith(mark):
                return name
        if block.count(0) * 100 > len(block):
            raise Unreadable("{name} holds no text", name=path.name)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while block:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return _guess(block)
            block = file.read(_BLOCK)
        return None


def _guess(block: bytes) -> str:
    # Whole lines with something foreign in them tell more than pages of plain digits.
    telling = [line for line in block.splitlines() if not line.isascii()][:2000]
    sample = b"\n".join(telling)
    share, chinese = max((_usual(sample, name), name) for name in _USUAL)
    if share > _MOSTLY:
        return chinese
    best = from_bytes(sample, cp_isolation=["gb18030", "big5", "cp1252"]).best()
    return best.encoding if best else "gb18030"


def _usual(sample: bytes, encoding: str) -> float:
    """Share of usual signs among the foreign ones if it is this encoding: a few words tell."""
    text = sample.decode(encoding, errors="replace")
    foreign = [sign for sign in text if not sign.isascii()]
    firsts = [sign.encode(encoding, errors="replace")[0] for sign in foreign]
    return sum(first in _USUAL[encoding] for first in firsts) / max(1, len(foreign))


def _decoded(path: Path, encoding: str, folder: Path) -> Path:
    copy = Path(tempfile.mkdtemp(dir=folder)) / "decoded.csv"
    with opened(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        text = io.TextIOWrapper(source, encoding=encoding, errors="replace", newline="")
        while chunk := text.read(_BLOCK):
            target.write(chunk)
    return copy
