"""The demo: a car workshop with two branches and three years of visits, as of today.

Everything is invented and seeded; it goes through the same services as real work, month by
month with the clock set to that month, so that the record reads as if it had been lived.
"""

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from liuke.accounts import services as accounts
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers import services as customers
from liuke.customers.services import NewContactPoint
from liuke.sales.rules import OrderKind
from liuke.sales.services import NewLine, NewOrder, record_orders

SEED = 20_260
YEARS = 3
CUSTOMERS = 420
FLEETS = 24
PASSWORD = "liuke-demo"  # noqa: S105  printed on the sign-in page of the demo, and only there

WORDS = json.loads(Path(__file__).with_name("demo.json").read_text("utf-8"))
SURNAMES, GIVEN, CARS, FIRMS = (WORDS[key] for key in ("surnames", "given", "cars", "firms"))
WORK: list[tuple[str, int, int]] = WORDS["work"]
SOURCES: list[str] = WORDS["sources"]


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    role: str
    username: str
    password: str


@dataclass(slots=True)
class Habit:
    """How one vehicle comes, and when it stops coming."""

    customer_id: int
    asset_id: int
    gap: float
    spread: float
    next: date
    stops: date | None
    returns: date | None


@cache
def is_demo() -> bool:
    return User.objects.filter(username="laoban", name="周建国").exists()


def sign_ins() -> list[SignIn]:
    """The demo's people and their shared password; nobody in a real firm."""
    if not is_demo():
        return []
    people = User.objects.filter(username__in=[name for name, *_rest in PEOPLE], is_active=True)
    return [
        SignIn(str(person), str(person.get_role_display()), person.username, PASSWORD)
        for person in people.order_by("pk")
    ]


PEOPLE: list[tuple[str, str, str, str]] = [
    ("laoban", "周建国", Role.OWNER, ""),
    ("dianzhang", "陈志远", Role.MANAGER, "徐汇店"),
    ("lin", "林晓雯", Role.SELLER, "徐汇店"),
    ("zhao", "赵敏", Role.SELLER, "徐汇店"),
    ("he", "何军", Role.SERVICE, "闵行店"),
    ("qian", "钱玲", Role.SELLER, "闵行店"),
    ("kefu", "孙悦", Role.AGENT, "徐汇店"),
    ("fenxi", "吴桐", Role.ANALYST, ""),
    ("admin", "许管理", Role.ADMINISTRATOR, ""),
]


def build() -> None:
    """Fill an empty database. The caller owns the transaction."""
    chance = random.Random(SEED)  # noqa: S311  invented data, not a secret
    people = _people()
    sellers = [people["lin"], people["zhao"], people["qian"], people["dianzhang"]]
    now, today = clock.now(), clock.today()
    month = (today - timedelta(days=365 * YEARS)).replace(day=1)
    habits: list[Habit] = []
    months = _months(month, today)
    arrivals = _arrivals(chance, len(months))
    for first, count in zip(months, arrivals, strict=True):
        end = min(_next_month(first) - timedelta(days=1), today)
        with clock.set_to(min(_noon(first), now)):
            for _each in range(count):
                habits += _newcomer(chance, chance.choice(sellers), first, today)
        with clock.set_to(min(_noon(end), now)):
            _visits(chance, people["laoban"], habits, first, end)
    is_demo.cache_clear()


def _people() -> dict[str, User]:
    firm = accounts.create_unit(actor=None, kind=Unit.Kind.FIRM, name="顺达汽修")
    units = {"": firm}
    for name in ("徐汇店", "闵行店"):
        units[name] = accounts.create_unit(
            actor=None, kind=Unit.Kind.BRANCH, name=name, parent=firm
        )
    return {
        username: accounts.create_user(
            actor=None, username=username, name=name, role=role, password=PASSWORD,
            unit=units[unit],
        )
        for username, name, role, unit in PEOPLE
    }  # fmt: skip


def _arrivals(chance: random.Random, months: int) -> list[int]:
    """Half of the customers were there when the record began; the rest came month by month."""
    counts = [0] * months
    counts[0] = CUSTOMERS // 2
    for _each in range(CUSTOMERS - counts[0]):
        counts[chance.randrange(1, months)] += 1
    return counts


def _newcomer(chance: random.Random, seller: User, day: date, today: date) -> list[Habit]:
    fleet = chance.random() < FLEETS / CUSTOMERS
    name = chance.choice(SURNAMES) + chance.choice(GIVEN)
    if fleet:
        name = chance.choice("沪苏浙皖") + chance.choice(FIRMS)
    mobile = f"1{chance.choice('3589')}{chance.randrange(10**9):09d}"
    customer = customers.create_customer(
        actor=seller,
        values={
            "kind": "organization" if fleet else "person",
            "name": name,
            "level": "A" if fleet else chance.choices("ABC ", (1, 3, 5, 2))[0].strip(),
            "source": chance.choice(SOURCES),
        },
        contact_points=[NewContactPoint("mobile", mobile, preferred=True)],
    )
    return [
        _vehicle(chance, seller, customer.pk, day, today, fleet)
        for _each in range(chance.randrange(3, 9) if fleet else chance.choice((1, 1, 1, 1, 2)))
    ]


def _vehicle(
    chance: random.Random, seller: User, customer_id: int, day: date, today: date, fleet: bool
) -> Habit:
    letters = "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=5))
    plate = f"沪{chance.choice('ABCDE')}·{letters}"
    asset = customers.save_asset(
        actor=seller,
        customer_id=customer_id,
        values={"name": chance.choice(CARS), "serial": plate},
    )
    gap = chance.uniform(28, 60) if fleet else chance.lognormvariate(4.9, 0.35)
    stops = None
    # Customers leave at any time: some after the first visit, most slowly.
    leaves = day + timedelta(days=chance.expovariate(1 / 1100))
    if leaves < today:
        stops = leaves
    returns = None
    if stops and chance.random() < 0.28:
        returns = stops + timedelta(days=chance.uniform(250, 800))
    start = day + timedelta(days=chance.uniform(0, 27))
    return Habit(customer_id, asset.pk, gap, gap * 0.18, start, stops, returns)


def _visits(
    chance: random.Random, actor: User, habits: list[Habit], first: date, last: date
) -> None:
    orders = []
    for habit in habits:
        while habit.next <= last:
            day = max(habit.next, first)
            away = (
                habit.stops and day >= habit.stops and not (habit.returns and day >= habit.returns)
            )
            if not away:
                orders.append(_visit(chance, habit, day))
            habit.next = day + timedelta(days=max(5, chance.gauss(habit.gap, habit.spread)))
    record_orders(actor=actor, orders=orders, origin="demo")


def _visit(chance: random.Random, habit: Habit, day: date) -> NewOrder:
    moment = clock.start_of(day) + timedelta(minutes=chance.randrange(8 * 60, 17 * 60))
    jobs = chance.sample(WORK, chance.choice((1, 1, 2, 3)))
    return NewOrder(
        customer_id=habit.customer_id,
        asset_id=habit.asset_id,
        occurred_at=_not_later(moment),
        kind=OrderKind.VISIT,
        number=f"GD{day:%y%m%d}-{habit.asset_id:04d}",
        lines=[
            NewLine(Decimal(1), Decimal(chance.randrange(low, high, 10)), text=text)
            for text, low, high in jobs
        ],
    )


def _noon(day: date) -> datetime:
    return clock.start_of(day) + timedelta(hours=12)


def _not_later(moment: datetime) -> datetime:
    return min(moment, clock.now())


def _months(first: date, last: date) -> list[date]:
    months = [first]
    while (following := _next_month(months[-1])) <= last:
        months.append(following)
    return months


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
