"""A firm of any size, written set-wise into an empty installation: customers, orders and all that
the product derives from them, by the same rules as the product.

    python bench/million.py 1000000        # into LIUKE_HOME or DATABASE_URL

Ten branches with four sellers each; half of the customers have a vehicle; five orders a customer
on average, some have none and some forty. Prints seconds per step and sign-in cookies as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuke.site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import AutoField  # noqa: E402
from django.test import Client  # noqa: E402

from liuke.accounts import services as accounts  # noqa: E402
from liuke.accounts.models import Unit, User  # noqa: E402
from liuke.accounts.rules import Role  # noqa: E402
from liuke.agenda import rules as agenda  # noqa: E402
from liuke.agenda.models import AgendaItem  # noqa: E402
from liuke.churn import queries as churn_queries  # noqa: E402
from liuke.churn import services as churn  # noqa: E402
from liuke.churn.models import Clock, Counted, RuleVersion, Transition  # noqa: E402
from liuke.churn.rules import months  # noqa: E402
from liuke.churn.rules.history import Cause, State, history  # noqa: E402
from liuke.churn.rules.kinds import NEVER, Purchases, to_date, to_date_or_none, to_day  # noqa: E402
from liuke.core import bulk, clock, search, text  # noqa: E402
from liuke.customers.models import Asset, ContactPoint, Customer, CustomerState  # noqa: E402
from liuke.customers.queries import visible_to  # noqa: E402
from liuke.customers.rules import Kind, stage_of  # noqa: E402
from liuke.followups.rules import Situation  # noqa: E402
from liuke.sales.models import Order  # noqa: E402
from liuke.sales.rules import OrderKind  # noqa: E402
from liuke.site import setup  # noqa: E402

SEED = 20_261
BRANCHES, SELLERS = 10, 4
ORDERS = 5
PIECE = 100_000
REGIONS = "沪苏浙皖"
CONTACTS = 50
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = [a + b for a in "海建志文晓春国家子雨" for b in ("", *"涛国强芳明军丽华伟敏静杰琳")]
CARS = [
    "别克 GL8",
    "大众 途观",
    "丰田 凯美瑞",
    "本田 雅阁",
    "比亚迪 汉",
    "特斯拉 Model 3",
    "奥迪 A6L",
]

Rows = Iterable[Sequence[Any]]


class Firm:
    """Columns of numbers; row n of the customers has the id n + 1."""

    def __init__(self, size: int) -> None:
        random = np.random.default_rng(SEED)
        self.size, self.random, self.today = size, random, to_day(clock.today())
        self.surname = random.integers(0, len(SURNAMES), size)
        self.given = random.integers(0, len(GIVEN), size)
        self.phone = (
            random.permutation(size) + 13_000_000_000 + random.integers(0, 100, size) * 10**7
        )
        self.has_car = random.random(size) < 0.5
        self.car = random.integers(0, len(CARS), size)
        self.plate = random.permutation(size)
        self._buy()

    def _buy(self) -> None:
        random, size = self.random, self.size
        weight = random.gamma(1.2, 1.0, size)
        count = random.multinomial(size * ORDERS, weight / weight.sum())
        who = np.repeat(np.arange(size), count)
        gap = random.lognormal(4.3, 0.6, size)[who]
        absent = np.minimum(random.exponential(220, size), 1800)[who]
        first = np.append(True, who[1:] != who[:-1])
        steps = np.where(first, 0.0, random.exponential(1.0, len(who)) * gap)
        run = np.cumsum(steps)
        since = run - np.repeat(run[first], count[count > 0])
        ago = np.minimum((absent + since).astype(np.int64), 2500)
        order = np.lexsort((-ago, who))
        self.who, self.day = who[order], self.today - ago[order]
        self.total = random.integers(80, 3000, len(who))


def main(size: int) -> None:
    seconds: dict[str, float] = {}
    begin = time.perf_counter()
    call_command("migrate", verbosity=0)
    setup.prepare_empty("workshop", "百万客户")
    people = _people()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous = OFF")
    with _timed(seconds, "drawn"):
        firm = Firm(size)
    steps: list[tuple[str, Callable[[Firm, Sequence[User]], None]]] = [
        ("customers", _customers),
        ("search", _search),
        ("orders", _orders),
        ("churn", _churn),
        ("counted", lambda _firm, _people: churn.recount()),
    ]
    for name, step in steps:
        with _timed(seconds, name), transaction.atomic():
            step(firm, people)
    with _timed(seconds, "settled"):
        _settle()
    seconds["all"] = round(time.perf_counter() - begin, 1)
    print(json.dumps({"seconds": seconds, "orders": len(firm.who), "cookies": _cookies(people)}))


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - begin, 1)
    print(f"  {name} {seconds[name]} s", file=sys.stderr, flush=True)


def _people() -> list[User]:
    root = Unit.objects.get(kind="firm")
    sellers = []
    for number in range(BRANCHES):
        branch = accounts.create_unit(
            actor=None, kind=Unit.Kind.BRANCH, name=f"{number + 1}号店", parent=root
        )
        for role in (Role.MANAGER, *[Role.SELLER] * SELLERS):
            name = f"{branch.name}{role}{len(sellers)}"
            user = accounts.create_user(
                actor=None, username=name, name=name, role=role, password=None, unit=branch
            )
            if role == Role.SELLER:
                sellers.append(user)
    return sellers


def _cookies(sellers: Sequence[User]) -> list[dict[str, Any]]:
    """Twenty people at work: two who see everything, four managers, fourteen sellers."""
    owners = [User.objects.get(username="admin")] * 2
    managers = list(User.objects.filter(role=Role.MANAGER)[:4])
    found = []
    for user in [*owners, *managers, *sellers[::2][:14]]:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        assert client.get("/today/").status_code == 200, "the cookie opens no page"
        mine = visible_to(user).order_by("pk").values_list("pk", flat=True)[:200]
        session = client.cookies["sessionid"].value
        found.append({"scope": user.scope, "session": session, "customers": list(mine)})
    return found


def _insert(model: Any, fields: Sequence[str], rows: Rows) -> None:
    """In pieces, so that a million rows need no memory for a million; the rest as by default."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.name not in fields and not isinstance(field, AutoField)
    ]
    names = [*fields, *(field.name for field in others)]
    values = [field.get_default() for field in others]
    remaining = iter(rows)
    while piece := list(islice(remaining, PIECE)):
        bulk.insert(model, names, ((*row, *values) for row in piece))


def _name(firm: Firm, row: int) -> str:
    return str(SURNAMES[firm.surname[row]]) + str(GIVEN[firm.given[row]])


def _place(sellers: Sequence[User], row: int) -> tuple[int | None, int | None]:
    """Owner and branch; one customer in 23 has no owner."""
    seller = sellers[row % len(sellers)]
    return None if row % 23 == 0 else seller.pk, seller.unit_id


def _customers(firm: Firm, sellers: Sequence[User]) -> None:
    keys: dict[str, str] = {}
    now = clock.now()
    levels = firm.random.choice(["", "A", "B", "C", "D"], firm.size).tolist()

    def rows() -> Rows:
        for row in range(firm.size):
            name = _name(firm, row)
            key = keys.get(name) or keys.setdefault(name, text.sort_key(name))
            recorded = now - timedelta(minutes=firm.size - row)
            yield (
                row + 1, Kind.PERSON, name, key, f"{row + 1:08d}", levels[row],
                *_place(sellers, row), "", "", "", None, "", "", "", "", 1, recorded, None,
            )  # fmt: skip

    fields = (
        "id", "kind", "name", "name_sort", "code", "level", "owner", "branch", "source", "note",
        "gender", "birth_date", "occupation", "industry", "size", "credit_code", "version",
        "created_at", "created_by",
    )  # fmt: skip
    _insert(Customer, fields, rows())
    points = (
        (row + 1, "mobile", str(phone), f"+86{phone}", True, False)
        for row, phone in enumerate(firm.phone.tolist())
    )
    fields = ("customer", "kind", "value", "normalised", "preferred", "do_not_contact")
    _insert(ContactPoint, fields, points)
    cars = (
        (row + 1, row + 1, CARS[firm.car[row]], _plate(firm, row), _plate(firm, row), None)
        for row in np.flatnonzero(firm.has_car).tolist()
    )
    fields = ("id", "customer", "name", "serial", "serial_normalised", "retired_on")
    _insert(Asset, fields, cars)


def _plate(firm: Firm, row: int) -> str:
    number = int(firm.plate[row])
    return f"{REGIONS[number // 10**6 % 4]}A{number % 10**6:06d}"


def _search(firm: Firm, _sellers: Sequence[User]) -> None:
    known: dict[str, set[str]] = {}

    def of_text(value: str) -> set[str]:
        return known.get(value) or known.setdefault(value, text.document_tokens([value]))

    for start in range(0, firm.size, PIECE):
        documents = {}
        for row in range(start, min(start + PIECE, firm.size)):
            numbers = [f"{row + 1:08d}", str(firm.phone[row])]
            tokens = of_text(_name(firm, row))
            if firm.has_car[row]:
                # Plates are left out: their tokens take longer than all the rest together.
                tokens = tokens | of_text(CARS[firm.car[row]])
            documents[row + 1] = tokens | text.document_tokens([], numbers)
        search.index("customer", documents)


def _orders(firm: Firm, _sellers: Sequence[User]) -> None:
    noon = timedelta(hours=12)
    moments = {day: clock.start_of(to_date(day)) + noon for day in np.unique(firm.day).tolist()}
    now, has_car = clock.now(), firm.has_car.tolist()
    columns = zip(firm.who.tolist(), firm.day.tolist(), firm.total.tolist(), strict=True)
    rows = (
        (
            row + 1, who + 1, who + 1 if has_car[who] else None, OrderKind.SALE, f"D{row + 1}",
            moments[day], to_date(day), Decimal(total), "CNY", "", f"{row:032x}", "bench", now,
        )
        for row, (who, day, total) in enumerate(columns)
    )  # fmt: skip
    fields = (
        "id", "customer", "asset", "kind", "number", "occurred_at", "day", "total", "currency",
        "note", "digest", "origin", "recorded_at",
    )  # fmt: skip
    _insert(Order, fields, rows)


def _churn(firm: Firm, sellers: Sequence[User]) -> None:
    """Clocks, crossings, states and what is kept of the monthly table."""
    (versions,) = churn_queries.rules_in_force().values()
    once = np.append(True, (np.diff(firm.who) != 0) | (np.diff(firm.day) != 0))
    purchases = Purchases(firm.who[once], firm.day[once])
    retired = np.full(len(purchases.day), NEVER)
    clocks, crossings = history(purchases, churn_queries.in_time(versions), firm.today, retired)
    _clocks(firm, clocks, versions[0])
    recovered = _transitions(firm, crossings, versions[0])
    _states(firm, clocks, recovered, sellers)
    found = months.changes(purchases, crossings, firm.today)
    customers = Customer.objects.values_list("pk", "owner", "branch").iterator()
    place = {pk: (owner, branch) for pk, owner, branch in customers}
    kept = months.written(found._replace(who=found.who + 1))
    _insert(
        Counted,
        ("customer", "owner", "branch", "changes"),
        ([pk, *place[pk], data] for pk, data in kept.items()),
    )


def _clocks(firm: Firm, clocks: Any, version: RuleVersion) -> None:
    has_car = firm.has_car.tolist()
    rows = (
        (
            who + 1, who + 1 if has_car[who] else None, version.pk, True, to_date(first),
            to_date(last), days, to_date_or_none(expected), to_date(at_risk), to_date(lost), state,
        )
        for who, first, last, days, expected, at_risk, lost, state in _clock_rows(clocks)
    )  # fmt: skip
    fields = (
        "customer", "asset", "version", "takes_unnamed", "first_day", "last_day",
        "purchase_days", "expected_at", "at_risk_at", "lost_at", "state",
    )  # fmt: skip
    _insert(Clock, fields, rows)


def _clock_rows(clocks: Any) -> Iterator[tuple[int, ...]]:
    columns = (clocks.subject, clocks.first, clocks.last, clocks.purchase_days, *clocks.dates)
    return zip(*(column.tolist() for column in (*columns, clocks.state)), strict=True)


def _transitions(firm: Firm, crossings: Any, version: RuleVersion) -> dict[int, int]:
    """Writes the crossings; customer → the day of the latest recovery."""
    has_car, now = firm.has_car.tolist(), clock.now()
    recovered: dict[int, int] = {}

    def rows() -> Rows:
        columns = (column.tolist() for column in crossings[:5])
        for who, day, before, after, cause in zip(*columns, strict=True):
            if before == State.LOST and cause == Cause.PURCHASE:
                recovered[who] = day
            asset = who + 1 if has_car[who] else None
            yield who + 1, asset, version.pk, to_date(day), before, after, cause, now, False

    fields = (
        "customer", "asset", "version", "on", "before", "after", "cause", "recorded_at", "alarm",
    )  # fmt: skip
    _insert(Transition, fields, rows())
    return recovered


def _states(firm: Firm, clocks: Any, recovered: dict[int, int], sellers: Sequence[User]) -> None:
    last = np.full(firm.size, -1)
    last[firm.who] = firm.day
    total = np.bincount(firm.who, firm.total, firm.size)
    within = firm.day > last[firm.who] - 365
    year = np.bincount(firm.who[within], firm.total[within], firm.size)
    money = list(zip(total.astype(int).tolist(), year.astype(int).tolist(), strict=True))
    watched = {row[0]: row for row in _clock_rows(clocks)}

    def rows() -> Rows:
        for who in range(firm.size):
            all_time, of_year = (Decimal(each) for each in money[who])
            row = watched.get(who)
            if row is None:
                yield (
                    who + 1, *_place(sellers, who), stage_of(0), 0, *[None] * 2, all_time, of_year,
                    *[None] * 4, 0, None, _contact_due(firm, who), None,
                )  # fmt: skip
                continue
            _who, first, latest, days, expected, at_risk, lost, _state = row
            back = recovered.get(who)
            yield (
                who + 1, *_place(sellers, who), stage_of(days), days, to_date(first),
                to_date(latest), all_time, of_year,
                to_date_or_none(expected), to_date(at_risk), to_date(lost),
                None if back is None else to_date(back), 1, None, _contact_due(firm, who), None,
            )  # fmt: skip

    fields = (
        "customer", "owner", "branch", "stage", "purchase_days", "first_purchase_on",
        "last_purchase_on", "value_total", "value_year", "expected_at", "at_risk_at", "lost_at",
        "recovered_on",
        "clocks", "last_contact_on", "contact_due_at", "intent_until",
    )  # fmt: skip
    _insert(CustomerState, fields, rows())
    _agenda(firm, watched, money, sellers)


def _contact_due(firm: Firm, who: int) -> date:
    """One in fifty is due for a contact today, the others within the next month."""
    return to_date(firm.today + (0 if who % CONTACTS == 0 else 1 + who % 30))


def _agenda(firm: Firm, watched: dict[int, Any], money: Any, sellers: Sequence[User]) -> None:
    """Whoever is at risk, and the contacts of today, as the reactions would have put them."""
    today, now = firm.today, clock.now()

    def item(who: int, kind: str, day: int, why: dict[str, Any]) -> Sequence[Any]:
        stake = Decimal(money[who][1])
        on = to_date(day)
        episode, place = on.isoformat(), _place(sellers, who)
        worth = agenda.weight(kind, stake)
        return who + 1, *place, kind, episode, on, why, stake, worth, now, ""

    def rows() -> Rows:
        for who in range(firm.size):
            row = watched.get(who)
            if row is not None and row[5] <= today < row[6]:
                dates = zip(("last", "at_risk_at", "lost_at"), (row[2], *row[5:7]), strict=True)
                why = {name: to_date(day) for name, day in dates}
                yield item(who, agenda.Kind.AT_RISK, row[5], {"usual": None, **why})
            if who % CONTACTS == 0:
                why = {"situation": Situation.OLDER, "every": 30, "last": None}
                yield item(who, agenda.Kind.CONTACT, today, why)

    fields = (
        "customer", "owner", "branch", "kind", "episode", "due_on", "why", "stake", "weight",
        "created_at", "ending",
    )  # fmt: skip
    _insert(AgendaItem, fields, rows())


def _settle() -> None:
    """What a database does by itself in its first night: statistics, and no write left over."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for sql in connection.ops.sequence_reset_sql(no_style(), [Customer, Asset, Order]):
                cursor.execute(sql)
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main(int(sys.argv[1]))
