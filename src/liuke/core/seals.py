"""The journal in a chain of hashes: a changed, missing or added entry is found and named.

Entries get their place in the chain when a tick seals them. A link is the hash of the link before,
of who did what and when, and of the digest of the payload; so a payload may be erased and the
chain still holds.
"""

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet

from liuke.core import bulk
from liuke.core.models import JournalEntry, JournalErasure, Seal, SealedEntry

START = bytes(32)
LOWEST = -(2**63)
SALT = 16
MOST = 50_000
CHUNK = 10_000
ERASED = {"erased": True}
ERASURE = "customer.erased"
# No transaction is open for so long: an entry with a lower number that appears later was put in
# by somebody.
OVERLAP = timedelta(days=1)
FIELDS = (
    "pk", "at", "actor_id", "verb", "subject", "subject_id", "customer_id", "before", "after",
)  # fmt: skip

Values = Sequence[Any]
Row = tuple[str, int]


def keep_sealed(now: datetime) -> None:
    """The tick: seal what was written since, at most so much that nobody waits for it."""
    seal(now)


def seal(now: datetime, most: int = MOST) -> int:
    """Append entries that are not sealed yet to the chain; how many. One caller at a time."""
    last = Seal.objects.order_by("-pk").first()
    position, link = (last.last, bytes(last.root)) if last else (0, START)
    found = _next(_horizon(now), most)
    if not found:
        return 0
    salts = os.urandom(SALT * len(found))
    rows = []
    for number, values in enumerate(found):
        salt = salts[number * SALT : (number + 1) * SALT]
        digest = _digest(salt, values)
        link = _link(link, values, digest)
        rows.append((position + number + 1, values[0], salt, digest, link))
    bulk.insert(SealedEntry, ("position", "entry_id", "salt", "digest", "hash"), rows)
    Seal.objects.create(
        sealed_at=now, last=rows[-1][0], highest_entry=found[-1][0], root=rows[-1][-1]
    )
    return len(rows)


def erase_payloads(
    customer_id: int, actor_id: int | None, reason: str, rows: Collection[Row] = ()
) -> None:
    """Replace what the journal says of a customer by tombstones; who did what when stays.

    `rows` (kind, number) named the person in the past of somebody else.
    """
    said = {"actor_id": actor_id, "reason": reason}
    JournalErasure.objects.create(customer_id=customer_id, **said)
    JournalErasure.objects.bulk_create(
        JournalErasure(customer_id=customer_id, subject=subject, subject_id=pk, **said)
        for subject, pk in rows
    )
    _entomb("customer_id = %s", [customer_id])
    for row in rows:
        _entomb("subject = %s AND subject_id = %s", row)


def _entomb(condition: str, given: Sequence[Any]) -> None:
    entries = connection.ops.quote_name(JournalEntry._meta.db_table)
    sealed = connection.ops.quote_name(SealedEntry._meta.db_table)
    as_json = {"sqlite": "", "postgresql": "::jsonb"}[connection.vendor]
    changes = ", ".join(
        f'"{name}" = CASE WHEN "{name}" IS NULL THEN NULL ELSE %s{as_json} END'
        for name in ("before", "after")
    )
    mark = json.dumps(ERASED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {sealed} SET salt = NULL WHERE salt IS NOT NULL"  # noqa: S608
            f" AND entry_id IN (SELECT id FROM {entries} WHERE {condition})",
            given,
        )
        cursor.execute(f"UPDATE {entries} SET {changes} WHERE {condition}", [mark, mark, *given])  # noqa: S608


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one entry: changed, missing, added, or the chain broken at it."""

    kind: str
    entry_id: int
    position: int = 0
    at: datetime | None = None
    verb: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the journal is sealed."""

    sealed: int
    waiting: int
    sealed_at: datetime | None
    root: str


def latest() -> Standing | None:
    """The last seal, without counting what waits."""
    last = Seal.objects.order_by("-pk").first()
    return Standing(last.last, 0, last.sealed_at, bytes(last.root).hex()) if last else None


def standing(now: datetime) -> Standing:
    """How many entries are sealed and wait, and the hash to write down elsewhere."""
    waiting = _waiting(_horizon(now)).count()
    return replace(latest() or Standing(0, 0, None, ""), waiting=waiting)


def holds(root: str) -> bool:
    """Whether the chain ever stood at this hash: a printed one proves that the end is not cut."""
    try:
        return Seal.objects.filter(root=bytes.fromhex(root)).exists()
    except ValueError:
        return False


def verify(now: datetime, progress: Callable[[int], None] = lambda done: None) -> Iterator[Finding]:
    """Go along the whole chain and name what does not fit, in flat memory."""
    erased = _recorded_erasures()
    roots = dict(Seal.objects.values_list("last", "root"))
    position, link = 0, START
    for chunk in _links():
        entries = _entries([row.entry_id for row in chunk])
        for row in chunk:
            before = link if row.position == position + 1 else None
            if before is None:
                yield Finding("unsealed", 0, position + 1)
            wrong = _judge(row, entries.get(row.entry_id), before, erased)
            position, link = row.position, bytes(row.hash)
            if wrong is None and bytes(roots.pop(position, link)) != link:
                wrong = "chain"
            if wrong:
                yield _finding(wrong, row.entry_id, row.position, entries.get(row.entry_id))
        progress(position)
    for last in sorted(roots):
        if last > position:
            yield Finding("unsealed", 0, position + 1)
            break
    yield from _added(now, position)


def _recorded_erasures() -> set[Any]:
    """The customers, and single rows, of which the journal itself says that they were erased."""
    found: set[Any] = set()
    erasures = JournalEntry.objects.filter(verb=ERASURE).values_list("customer_id", "after")
    for customer_id, after in erasures:
        found.add(customer_id)
        found |= {(subject, pk) for subject, pk in (after or {}).get("rows", ())}
    return found


def _judge(
    row: SealedEntry, values: Values | None, before: bytes | None, erased: Collection[Any]
) -> str | None:
    """What is wrong with a link, None if nothing."""
    if values is None:
        return "missing"
    digest = bytes(row.digest)
    if row.salt is None:
        gone = all(part in (None, ERASED) for part in values[-2:])
        if not gone or (values[6] not in erased and (values[4], values[5]) not in erased):
            return "changed"
    elif _digest(bytes(row.salt), values) != digest:
        return "changed"
    if before is not None and _link(before, values, digest) != bytes(row.hash):
        return "chain"
    return None


def _added(now: datetime, position: int) -> Iterator[Finding]:
    """Entries put in behind the back of the tick: older than a seal, but not in it."""
    horizon = _horizon(now)
    late = _unsealed().filter(pk__lte=horizon).order_by("pk")
    for values in late.values_list(*FIELDS).iterator():
        yield _finding("added", values[0], 0, values)
    last = Seal.objects.aggregate(last=Max("last"))["last"] or 0
    for row in SealedEntry.objects.filter(position__gt=last).order_by("position"):
        yield Finding("added", row.entry_id, row.position)


def _finding(kind: str, entry_id: int, position: int, values: Values | None) -> Finding:
    if values is None:
        return Finding(kind, entry_id, position)
    return Finding(kind, entry_id, position, values[1], values[3], f"{values[4]} {values[5]}")


def _links() -> Iterator[list[SealedEntry]]:
    position = 0
    while True:
        rows = list(SealedEntry.objects.filter(position__gt=position).order_by("position")[:CHUNK])
        if not rows:
            return
        yield rows
        position = rows[-1].position


def _entries(ids: Sequence[int]) -> dict[int, Values]:
    # Links of a chunk are neighbours in the journal too, so a range reads them without 10,000
    # parameters; strangers in between are few.
    wanted = set(ids)
    rows = JournalEntry.objects.filter(pk__gte=min(ids), pk__lte=max(ids)).order_by("pk")
    return {row[0]: row for row in rows.values_list(*FIELDS).iterator() if row[0] in wanted}


def _horizon(now: datetime) -> int:
    """No entry up to this number can still be on its way."""
    settled = Seal.objects.filter(sealed_at__lte=now - OVERLAP)
    highest = settled.aggregate(highest=Max("highest_entry"))["highest"]
    return LOWEST if highest is None else highest


def _unsealed() -> QuerySet[JournalEntry]:
    links = SealedEntry.objects.filter(entry_id=OuterRef("pk"))
    return JournalEntry.objects.filter(~Exists(links))


def _waiting(horizon: int) -> QuerySet[JournalEntry]:
    return _unsealed().filter(pk__gt=horizon)


def _next(horizon: int, most: int) -> list[Values]:
    """The entries to seal: those that came late first, then what was written since.

    Whether any came late is asked by two counts. To look for the row of every entry is left to a
    database only then: right after a large import it does not know yet how many rows there are.
    """
    highest = Seal.objects.aggregate(highest=Max("highest_entry"))["highest"]
    if highest is None:
        highest = LOWEST
    late: list[Values] = []
    known = SealedEntry.objects.filter(entry_id__gt=horizon, entry_id__lte=highest).count()
    if known != JournalEntry.objects.filter(pk__gt=horizon, pk__lte=highest).count():
        rows = _waiting(horizon).filter(pk__lte=highest).order_by("pk")
        late = list(rows.values_list(*FIELDS)[:most])
    new = JournalEntry.objects.filter(pk__gt=highest).order_by("pk").values_list(*FIELDS)
    return [*late, *new[: most - len(late)]]


def _digest(salt: bytes, values: Values) -> bytes:
    return sha256(salt + _written(values[-2:])).digest()


def _link(before: bytes, values: Values, digest: bytes) -> bytes:
    pk, at, *rest = values[:-2]
    return sha256(before + _written([pk, at.astimezone(UTC).isoformat(), *rest]) + digest).digest()


def _written(values: Values) -> bytes:
    """The same bytes for the same values, on either engine."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
