"""One person's right to know and to be forgotten: everything as an archive, and its erasure.

What points at a customer is found by asking the models, and what becomes of it stands in the table
of the settings (`LIUKE_PRIVACY`), because this app knows none of those above.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, reduce
from operator import or_
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import CharField, Field, JSONField, Model, Q, QuerySet, TextField
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal, seals, search, text
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.core.models import JournalEntry, JournalErasure
from liuke.customers import queries
from liuke.customers.models import (
    ContactBlock,
    Customer,
    CustomerMerge,
    FieldChoice,
    FormerCustomer,
    Tag,
)
from liuke.customers.queries.duplicates import former_ids
from liuke.customers.services.completeness import settle_completeness
from liuke.customers.services.duplicates import forget_pairs
from liuke.customers.services.merging import forget_images, forget_rows, merges_with
from liuke.exports import services as exports
from liuke.facts import CustomersErased

SHORTEST_REASON = 3


class Fate(Enum):
    """What becomes of rows when a person is erased; all but the irrelevant are in the archive."""

    DELETE = "they go"
    BLANK = "free text goes, figures and days stay"
    KEEP = "nothing in them is personal"
    IRRELEVANT = "nothing in them is not elsewhere"


@dataclass(frozen=True, slots=True)
class Part:
    """`keep` are fields of text that are no free text; `ways` the only ways to the customer by
    which a row is of this person (empty: all)."""

    fate: Fate
    keep: Sequence[str] = ()
    ways: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that belongs to customers, and the ways from it to them."""

    model: type[Model]
    paths: Sequence[str]
    part: Part

    def rows(self, customer_id: int) -> QuerySet[Model]:
        """The rows of one customer."""
        of_customer = reduce(or_, (Q(**{path: customer_id}) for path in self.paths))
        return self.model._default_manager.filter(of_customer).order_by("pk")


def kinds() -> list[Kind]:
    """Everything that belongs to customers, the customer first."""
    parts = _parts()
    return [
        Kind(model, parts[model._meta.label_lower].ways or paths, parts[model._meta.label_lower])
        for model, paths in belonging().items()
        if parts[model._meta.label_lower].fate != Fate.IRRELEVANT
    ]


def belonging() -> dict[type[Model], list[str]]:
    """Model → its ways to the customer, found by following every foreign key backwards."""
    found: dict[type[Model], list[str]] = {Customer: ["pk"]}
    ahead: list[type[Model]] = [Customer]
    while ahead:
        model = ahead.pop(0)
        ways = [""] if model is Customer else [f"__{path}" for path in found[model]]
        part = _parts().get(model._meta.label_lower)
        if part is not None and part.fate == Fate.IRRELEVANT:
            continue
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            other: Any = relation.related_model
            name = relation.field.name  # type: ignore[union-attr]
            if other not in found:
                ahead.append(other)
            found.setdefault(other, []).extend(f"{name}{way}" for way in ways)
    return found


def is_erased(customer_id: int) -> bool:
    """Whether the person behind this customer was erased."""
    return JournalErasure.objects.filter(customer_id=customer_id, subject="").exists()


def archive_customer(*, actor: User, customer_id: int) -> IO[bytes]:
    """Everything about one customer as a zip: a page to read, and the same for programs."""
    require(actor, Act.PRIVACY)
    customer = queries.visible_to(actor, Act.PRIVACY).get(pk=customer_id)
    sections = [_section(kind, customer_id) for kind in kinds()]
    sections.append(_journal_section([customer_id, *former_ids(customer_id)]))
    told = [section for section in sections if section.rows]
    page = render_to_string(
        "customers/archive.html",
        {"customer": customer, "sections": told, "at": clock.now(), "actor": actor},
    )
    data = {section.key: section.data for section in told}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        written = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", written)
    file.seek(0)
    journal.record(actor, "customer.archived", [Change(customer, customer_id)])
    return file


@transaction.atomic
def erase_customer(*, actor: User, customer_id: int, typed: str, reason: str) -> None:
    """Replace everything personal about a customer by nothing, for good; figures and days stay."""
    require(actor, Act.PRIVACY)
    customer = queries.visible_to(actor, Act.PRIVACY).select_for_update().get(pk=customer_id)
    if is_erased(customer_id):
        raise Refused(_("This customer is erased already."))
    if typed.strip() != customer.name.strip():
        raise Refused(_("Type the name exactly as it is written above."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Say why, for whoever reads the journal later."))
    _overwrite_freed_pages()
    ids = [customer_id, *former_ids(customer_id)]
    elsewhere = _rows_elsewhere(customer_id, ids)
    tags = list(customer.tags.values_list("pk", flat=True))
    words = list(FieldChoice.objects.filter(values__customer=customer_id, field__open=True))
    forget_rows(*_named_with(customer_id))
    forget_pairs(customer_id)
    for kind in reversed(kinds()):
        _erase_rows(kind, kind.rows(customer_id))
    # A word that only this person wore may say who it was.
    Tag.objects.filter(pk__in=tags, customers=None).delete()
    FieldChoice.objects.filter(pk__in=[word.pk for word in words], key="", values=None).delete()
    forget_images(ids, _leave_tombstone(customer))
    settle_completeness([customer_id])
    search.forget(queries.SEARCH_KIND, [customer_id])
    exports.expire_all()
    why = reason.strip()[:200]
    said: dict[str, Any] = {"reason": why} | ({"rows": elsewhere} if elsewhere else {})
    seals.erase_payloads(customer_id, actor.pk, why, elsewhere)
    journal.record(actor, seals.ERASURE, [Change(customer, customer_id, after=said)])
    announce(CustomersErased([customer_id]))


@cache
def _parts() -> Mapping[str, Part]:
    table: Mapping[str, Part] = import_string(settings.LIUKE_PRIVACY)
    return table


def _rows_elsewhere(customer_id: int, ids: Sequence[int]) -> list[seals.Row]:
    """The rows of this customer that the journal tells in the past of another one too.

    That past may be of an id the person had before a merge: then all in it is the person's.
    """
    before = JournalEntry.objects.filter(customer_id__in=ids).exclude(customer_id=customer_id)
    found = [*before.values_list("subject", "subject_id").distinct()]
    merges = JournalEntry.objects.filter(
        subject=CustomerMerge._meta.label_lower, subject_id__in=merges_with(ids).values("pk")
    ).exclude(customer_id=customer_id)
    found += merges.values_list("subject", "subject_id").distinct()
    for kind in kinds():
        subject = kind.model._meta.label_lower
        entries = JournalEntry.objects.filter(
            subject=subject, subject_id__in=kind.rows(customer_id).order_by().values("pk")
        ).exclude(customer_id=customer_id)
        found += [(subject, pk) for pk in entries.values_list("subject_id", flat=True).distinct()]
    return sorted(set(found))


def _named_with(customer_id: int) -> tuple[set[int], dict[str, set[str]]]:
    """The others that rows of this customer name, under all their ids, and those rows by table."""
    others: set[int] = set()
    rows = {}
    for kind in kinds():
        mine = kind.rows(customer_id)
        rows[kind.model._meta.label_lower] = {str(pk) for pk in mine.values_list("pk", flat=True)}
        for field in kind.model._meta.concrete_fields:
            if field.related_model is Customer and len(kind.paths) > 1:
                others |= set(mine.order_by().values_list(field.attname, flat=True).distinct())
    others -= {customer_id, None}
    former = FormerCustomer.objects.filter(customer__in=others)
    return others | set(former.values_list("pk", flat=True)), rows


def _erase_rows(kind: Kind, rows: QuerySet[Model]) -> None:
    if kind.part.fate == Fate.DELETE:
        rows.delete()
    elif kind.part.fate == Fate.BLANK:
        blanks = {field.attname: _blank(field) for field in free_text(kind)}
        if blanks:
            rows.order_by().update(**blanks)


def free_text(kind: Kind) -> list[Field[Any, Any]]:
    """The fields in which somebody may have written about a person: all text but choices."""
    return [
        field
        for field in kind.model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField)
        and not field.choices
        and field.name not in kind.part.keep
    ]


def _blank(field: Field[Any, Any]) -> Any:
    if isinstance(field, JSONField):
        return field.get_default()
    return None if field.null else ""


def _leave_tombstone(customer: Customer) -> str:
    """A name that says what happened, and a word that keeps everybody from ringing again."""
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Erased %(number)s") % {"number": customer.pk}
        word = _("Erased at the person's request")
    Customer.objects.filter(pk=customer.pk).update(
        name=name,
        name_sort=text.sort_key(name),
        gender="",
        birth_date=None,
        version=customer.version + 1,
    )
    if not queries.blocked([customer.pk]):
        ContactBlock.objects.filter(customer=customer, lifted_at=None).update(lifted_at=clock.now())
        ContactBlock.objects.create(customer=customer, reason=word)
    else:
        open_blocks = ContactBlock.objects.filter(customer=customer, lifted_at=None)
        open_blocks.update(reason=word, until=None)
    return name


def _overwrite_freed_pages() -> None:
    """SQLite leaves what was deleted in the file until the room is needed; not what goes now."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the archive: as people read it, and as it is stored."""

    key: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    data: Sequence[Mapping[str, Any]]


def _section(kind: Kind, customer_id: int) -> Section:
    meta = kind.model._meta
    fields = [field for field in meta.concrete_fields if field.editable or not field.primary_key]
    related = [field.name for field in fields if field.is_relation]
    rows = list(kind.rows(customer_id).select_related(*related))
    return Section(
        meta.label_lower,
        str(meta.verbose_name_plural).capitalize(),
        [str(field.verbose_name).capitalize() for field in fields],
        [[_said(row, field) for field in fields] for row in rows],
        [{field.attname: getattr(row, field.attname) for field in fields} for row in rows],
    )


def _journal_section(ids: Sequence[int]) -> Section:
    meta = JournalEntry._meta
    names = ("at", "actor_id", "verb", "before", "after")
    entries = JournalEntry.objects.filter(customer_id__in=ids).order_by("pk")
    data = list(entries.values(*names))
    people = dict(User.objects.filter(pk__in={row["actor_id"] for row in data}).values_list(
        "pk", "name"))  # fmt: skip
    return Section(
        meta.label_lower,
        str(meta.verbose_name_plural).capitalize(),
        [str(meta.get_field(name).verbose_name).capitalize() for name in names],  # type: ignore[union-attr]
        [list(_journal_line(row, people)) for row in data],
        data,
    )


def _journal_line(row: Mapping[str, Any], people: Mapping[int, str]) -> Iterator[str]:
    yield f"{clock.local(row['at']):%Y-%m-%d %H:%M:%S}"
    yield people.get(row["actor_id"], "")
    yield row["verb"]
    for name in ("before", "after"):
        yield "" if row[name] is None else json.dumps(row[name], ensure_ascii=False)


def _said(row: Model, field: Field[Any, Any]) -> str:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "astimezone"):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
