"""Which encoding a text file has. UTF-8 proves itself; of the rest GB18030 is asked first."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from liuke.imports.readers.errors import Unreadable, cut_off

BLOCK = 1 << 20
SAMPLE = 1 << 16
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python's gb18030 contains GBK and GB2312, cp1252 all printable characters of Latin-1.
CANDIDATES = ["gb18030", "big5", "cp1252", "cp1250", "cp1251", "shift_jis", "euc_kr"]
COMMON_ENOUGH = 0.8
DAMAGED_RATIO = 20


def encoding_of(file: BinaryIO) -> str:
    """Raises Unreadable when no encoding fits. Leaves the file at its beginning."""
    head = file.read(BLOCK)
    file.seek(0)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if wide := _utf16_without_mark(head):
        return wide
    if _is_utf8(file):
        return "utf-8"
    sample = _telling_sample(file)
    if _is_damaged_utf8(sample):
        return "utf-8"  # Reading it will name the row that is damaged.
    return _best_of(sample)


def _utf16_without_mark(head: bytes) -> str:
    zeros = head[:4000].count(0)
    if not zeros:
        return ""
    if zeros < len(head[:4000]) // 8:
        raise Unreadable(_("This is not a table. Choose a CSV, XLSX or Parquet file."))
    return "utf-16-le" if head[1:4000:2].count(0) >= head[0:4000:2].count(0) else "utf-16-be"


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
    file.seek(0)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(file):
            decoder.decode(block)
    except UnicodeDecodeError:
        file.seek(0)
        return False
    if decoder.getstate()[0]:
        raise cut_off()
    return True


def _telling_sample(file: BinaryIO) -> bytes:
    """The first lines that are not plain ASCII; the rest says nothing about the encoding."""
    lines: list[bytes] = []
    size = 0
    for line in file:
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    file.seek(0)
    return b"".join(lines)


def _is_damaged_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(1 for character in text if ord(character) > 127) - broken
    return sound > broken * DAMAGED_RATIO


def _best_of(sample: bytes) -> str:
    if _common_in_gb(sample) >= COMMON_ENOUGH:
        return "gb18030"
    match = from_bytes(sample, cp_isolation=CANDIDATES).best()
    if match is None:
        raise Unreadable(
            _("The encoding of the file is unknown. Save it as UTF-8 (in Excel: “CSV UTF-8”).")
        )
    return match.encoding


def _common_in_gb(sample: bytes) -> float:
    """The share of characters beyond ASCII that are everyday ones (GB2312) when read as GB18030.

    Other encodings often pass as GB18030 too, but come out as characters nobody uses.
    """
    try:
        text = sample.decode("gb18030")
    except UnicodeDecodeError:
        return 0.0
    special = [character for character in text if ord(character) > 127]
    return sum(map(_in_gb2312, special)) / max(len(special), 1)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
