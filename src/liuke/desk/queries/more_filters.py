"""What else the customers list can be narrowed by: clocks, sums, contacts, people, what is missing.

Conditions speak of the row's key or of its state alone wherever they can, so that a page is found
in the narrow table beside the customers (see `core.scoping.Beside`).
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core import clock
from liuke.core.lists import Filter
from liuke.customers.models import (
    Asset,
    Consent,
    ContactBlock,
    ContactPoint,
    Customer,
    Hold,
    Person,
)
from liuke.customers.rules import plate_key
from liuke.customers.rules.contacts import TELEPHONES, PointKind, Purpose
from liuke.customers.rules.people import Function
from liuke.sales.models import Order

Bounds = tuple[Any, Any]
CLOCKS, MONEY, CONTACTS, PEOPLE, RECORD = (
    _("Dates and clocks"), _("Orders and money"), _("Contacts and consents"),
    _("People and vehicles"), _("The record"),
)  # fmt: skip
SOON = [("7", _("In the next 7 days")), ("30", _("In the next 30 days"))]
YES_NO = [("1", _("Yes")), ("0", _("No"))]
WORDS = [
    ("given", pgettext_lazy("consent", "given")),
    ("refused", pgettext_lazy("consent", "refused")),
    ("unasked", pgettext_lazy("consent", "not asked")),
]
# Who buys or is heard of so long ago is as good as never.
MOST_DAYS = 36_500


def more_filters(today: date) -> list[Filter]:
    """Filters under their headings; none of them asks the database before somebody chooses it."""
    return [*_clocks(today), *_money(today), *_contacts(today), *_people(today), *_record()]


def between(column: str, bounds: Bounds) -> Q:
    low, high = bounds
    condition = Q() if low is None else Q(**{f"{column}__gte": low})
    return condition if high is None else condition & Q(**{f"{column}__lte": high})


def _clocks(today: date) -> list[Filter]:
    return [
        _days("since_contact", _("Days since the last contact"), "state__last_contact_on", today),
        _days("since_bought", _("Days since the last purchase"), "state__last_purchase_on", today),
        _date("contact_due", _("Next contact"), "state__contact_due_at"),
        _date("expected", _("Expected again"), "state__expected_at"),
        _date("at_risk", _("At risk from"), "state__at_risk_at"),
        _date("lost", _("Lost from"), "state__lost_at"),
        _date("recovered", _("Won back on"), "state__recovered_on"),
        _date("first", _("First purchase"), "state__first_purchase_on"),
        _date("intent", _("Intent until"), "state__intent_until"),
        _date("to_pool_on", _("To the pool on"), "state__pool_at"),
    ]  # fmt: skip


def _money(today: date) -> list[Filter]:
    this, last = today.replace(month=1, day=1), today.replace(year=today.year - 1, month=1, day=1)
    return [
        _range("days", _("Purchase days"), "state__purchase_days"),
        _range("total", _("Value in total"), "state__value_total"),
        Filter("orders", _("Number of orders"), "range", lambda v: _counted(Order, v), group=MONEY),
        Filter("bought", _("Bought between"), "date", _bought, group=MONEY),
        Filter("this_year", _("Spent this year"), "range",
               lambda v: _spent(v, this, today), group=MONEY),
        Filter("last_year", _("Spent last year"), "range",
               lambda v: _spent(v, last, this - timedelta(days=1)), group=MONEY),
    ]  # fmt: skip


def _contacts(today: date) -> list[Filter]:
    consents = [
        (f"{purpose.value}:{word}", format_lazy("{}: {}", purpose.label, label))
        for purpose in Purpose
        for word, label in WORDS
    ]
    return [
        Filter("reach", _("Can be reached by"), "choice", _reached,
               [("telephone", _("Telephone")), *PointKind.choices, ("nothing", _("Nothing"))],
               group=CONTACTS),
        Filter("consent", _("Consent"), "choice", _consent, consents, group=CONTACTS),
        Filter("blocked", _("Do not contact"), "choice",
               lambda v: _whether(v, _blocks(today)), YES_NO, group=CONTACTS),
        Filter("held", _("Held from the pool"), "choice",
               lambda v: _whether(v, _holds(today)), YES_NO, group=CONTACTS),
    ]  # fmt: skip


def _people(today: date) -> list[Filter]:
    return [
        Filter("person", _("Name of a person around"), "text",
               lambda v: _among(Person.objects.filter(name__icontains=v)), group=PEOPLE),
        Filter("function", _("Function of a person around"), "choice",
               lambda v: _among(Person.objects.filter(function=v, left_on=None)),
               Function.choices, group=PEOPLE),
        Filter("birthday", _("Birthday"), "choice", lambda v: _birthday(v, today), SOON,
               group=PEOPLE),
        Filter("asset", _("Vehicle or asset, plate"), "text", _asset, group=PEOPLE),
        Filter("assets", _("Number of vehicles"), "range",
               lambda v: _counted(Asset, v, retired_on=None), group=PEOPLE),
    ]  # fmt: skip


def _record() -> list[Filter]:
    return [
        Filter("code", _("Customer number"), "text",
               lambda v: _same(Q(code__istartswith=v)), group=RECORD),
        Filter("note", _("Note"), "text", lambda v: _same(Q(note__icontains=v)), group=RECORD),
        Filter("created", _("Recorded"), "date", _recorded, group=RECORD),
    ]  # fmt: skip


def _range(key: str, label: Any, column: str) -> Filter:
    return Filter(key, label, "range", lambda v: between(column, v), group=MONEY)


def _date(key: str, label: Any, column: str) -> Filter:
    return Filter(key, label, "date", lambda v: between(column, v), group=CLOCKS)


def _days(key: str, label: Any, column: str, today: date) -> Filter:
    """So many days since; whoever never did is longer ago than any number of days."""

    def apply(bounds: Bounds) -> Q:
        fewest, most = (None if each is None else _back(today, each) for each in bounds)
        if most is None and fewest is not None:
            return Q(**{f"{column}__lte": fewest}) | Q(**{column: None})
        return between(column, (most, fewest))

    return Filter(key, label, "range", apply, group=CLOCKS)


def _back(today: date, days: Any) -> date:
    return today - timedelta(days=min(max(int(days), -MOST_DAYS), MOST_DAYS))


def _among(rows: QuerySet[Any]) -> Q:
    return Q(pk__in=rows.order_by().values("customer"))


def _same(condition: Q) -> Q:
    return Q(pk__in=Customer.objects.filter(condition).values("pk"))


def _whether(value: str, rows: QuerySet[Any]) -> Q:
    found = Q(Exists(rows.filter(customer=OuterRef("pk"))))
    return found if value == "1" else ~found


def _blocks(today: date) -> QuerySet[ContactBlock]:
    return ContactBlock.objects.filter(Q(until=None) | Q(until__gt=today), lifted_at=None)


def _holds(today: date) -> QuerySet[Hold]:
    return Hold.objects.filter(Q(until=None) | Q(until__gt=today), lifted_at=None)


def _counted(model: type[Model], bounds: Bounds, **which: Any) -> Q:
    """Customers with so many of something; those with none have no row to count."""
    low, high = bounds
    rows = model._default_manager.filter(**which).order_by().values("customer")
    counted = rows.annotate(n=Count("pk"))
    condition = Q()
    if low is not None and low > 0:
        condition &= Q(pk__in=counted.filter(n__gte=low).values("customer"))
    if high is not None:
        condition &= ~Q(pk__in=counted.filter(n__gt=high).values("customer"))
    return condition


def _spent(bounds: Bounds, first: date, last: date) -> Q:
    """Customers whose orders and returns of these days come to so much; none come to nothing."""
    low, high = bounds
    rows = Order.objects.filter(day__range=(first, last)).order_by().values("customer")
    summed = rows.annotate(sum=Sum("total"))
    condition = Q()
    if low is not None:
        enough = Q(pk__in=summed.filter(sum__gte=low).values("customer"))
        condition &= enough if low > 0 else enough | ~Q(pk__in=rows)
    if high is not None:
        too_much = Q(pk__in=summed.filter(sum__gt=high).values("customer"))
        condition &= (
            ~too_much if high >= 0 else Q(pk__in=summed.filter(sum__lte=high).values("customer"))
        )
    return condition


def _bought(days: Bounds) -> Q:
    return _among(Order.objects.filter(between("day", days), total__gt=0))


def _reached(value: str) -> Q:
    kinds = TELEPHONES if value == "telephone" else (value,)
    points = ContactPoint.objects.filter(customer=OuterRef("pk"))
    if value == "nothing":
        return ~Q(Exists(points))
    return Q(Exists(points.filter(kind__in=kinds, do_not_contact=False)))


def _consent(value: str) -> Q:
    purpose, _colon, word = value.partition(":")
    said = Consent.objects.filter(point__customer=OuterRef("pk"), purpose=purpose, replaced_at=None)
    if word == "unasked":
        return ~Q(Exists(said))
    return Q(Exists(said.filter(given=word == "given")))


def _birthday(value: str, today: date) -> Q:
    """Of the customer or of somebody around who is still there."""
    days = [today + timedelta(days=ahead) for ahead in range(int(value) + 1)]
    months: dict[int, list[int]] = {}
    for day in days:
        months.setdefault(day.month, []).append(day.day)
    falls = Q()
    for month, dates in sorted(months.items()):
        falls |= Q(birth_date__month=month, birth_date__day__range=(dates[0], dates[-1]))
    around = Person.objects.filter(falls, left_on=None)
    return _same(falls) | _among(around)


def _asset(value: str) -> Q:
    written = Q(name__icontains=value)
    if key := plate_key(value):
        written |= Q(serial_normalised__contains=key)
    return _among(Asset.objects.filter(written, retired_on=None))


def _recorded(days: Bounds) -> Q:
    low, high = days
    condition = Q() if low is None else Q(created_at__gte=clock.start_of(low))
    if high is not None and high < date.max:
        condition &= Q(created_at__lt=clock.start_of(high + timedelta(days=1)))
    return _same(condition)
