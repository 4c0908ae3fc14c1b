"""A small shop as of today, made through the services: everybody in it has a part in a journey."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.services import NewContactPoint
from liuke.followups.services import NewInteraction, record_interactions
from liuke.imports import services as imports
from liuke.imports.models import ImportRun
from liuke.sales.services import NewLine, NewOrder, record_orders
from liuke.site.setup import BUSINESSES, start_with

# Name, mobile, whose, level, age in days of the last purchase, how many, and days between.
PEOPLE = [
    ("王海涛", "13812346027", "lin", "A", 20, 12, 30),
    ("王芳", "13912348811", "lin", "B", 3, 20, 14),
    ("李建国", "13612340455", "lin", "A", 75, 9, 30),
    ("陈思琪", "13712347788", "lin", "B", 90, 8, 28),
    ("周晓东", "13512341122", "qian", "", 90, 6, 35),
    ("吴桐", "15912349876", "qian", "C", 200, 5, 40),
    ("郑文博", "15812345432", "qian", "B", 8, 10, 21),
    ("马晓东", "15712343210", "qian", "C", 160, 4, 30),
    ("上海恒达物流有限公司", "02162345678", "qian", "A", 12, 16, 25),
    ("孙悦", "", "qian", "", 400, 2, 20),
]
NOBODY_BOUGHT = "赵丽"
WON_BACK = "钱多多"

WECHAT = "lixiuying86"
AROUND, POSITION, THEIR_WORDS = "李秀英", "会计", "发票月底前要开到"
FIRM, OIL = "顺达汽修", "全合成机油"
RULE = BUSINESSES["wholesale"][0]
FILE_NAME = "订单.csv"
FILE_WORDS = (
    "订单号", "客户编号", "客户名称", "下单日期", "产品", "数量", "单价", "导入客户", "机油滤芯",
    "机油",
    "客户名单.csv", "姓名", "联系电话", "生日", "级别", "备注", "孙大圣", "先生", "周女士",
    "吴用", "金不换",
    "1980年3月5日", "B级", "老客户", "、",
)  # fmt: skip
FILE = "订单号,客户编号,客户名称,下单日期,产品,数量,单价\r\n" + "".join(
    f"DD{n:03d},K{n % 4:02d},导入客户{n % 4},{{day{n}}},机油滤芯,{1 + n % 3},{80 + n}\r\n"
    for n in range(12)
)
LIST_NAME = "客户名单.csv"
LIST = """2026年客户名单,,,,
姓名,联系电话,生日,级别,备注
孙大圣先生,13700137001,1980/3/4,A,老客户
周女士,137 0013 7002、021-55556666,1980年3月5日,B级,
吴用,1.38E+10,19800305,Z,
,,,,
金不换,13700137004,,C,
合计,4,,,
"""
BROKEN_ROW = "DD900,K01,导入客户1,2026-13-45,机油,1,80\r\n"


@dataclass
class Shop:
    owner: User
    seller: User
    other: User
    customers: dict[str, Customer] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Customer:
        return self.customers[name]

    @property
    def words(self) -> list[str]:
        """What people have typed in stands in their own language on every screen."""
        people = (self.owner, self.seller, self.other)
        named = [word for person in people for word in (person.name, person.username)]
        around = (AROUND, POSITION, THEIR_WORDS, WECHAT)
        return [*named, *around, *self.customers, FIRM, OIL, RULE, FILE_NAME, *FILE_WORDS]

    @property
    def of_seller(self) -> set[str]:
        return {name for name, who in self.customers.items() if who.owner_id == self.seller.pk}


def open_shop(firm: Unit, person: Callable[..., User]) -> Shop:
    """The people and the rule, before anything has happened."""
    # At risk from 60 days without an order, lost from 90.
    start_with("wholesale")
    return Shop(
        owner=person(Role.OWNER, "周建国", unit=firm),
        seller=person(Role.SELLER, "林晓雯", unit=firm),
        other=person(Role.SELLER, "钱玲", unit=firm),
    )


def fill(shop: Shop) -> None:
    """Customers with a past up to today."""
    owners = {"lin": shop.seller, "qian": shop.other}
    for name, phone, owner, level, *_habit in PEOPLE:
        shop.customers[name] = _customer(owners[owner], name, phone, level=level)
    shop.customers[NOBODY_BOUGHT] = _customer(shop.seller, NOBODY_BOUGHT, "13112340000")
    shop.customers[WON_BACK] = _customer(shop.seller, WON_BACK, "13212340000")
    today = clock.today()
    orders = [
        _order(shop[name], today - timedelta(days=age + gap * n), 300 + 40 * n)
        for name, _phone, _owner, _level, age, count, gap in PEOPLE
        for n in range(count)
    ]
    orders += [_order(shop[WON_BACK], today - timedelta(days=days), 500) for days in (150, 4)]
    record_orders(actor=shop.owner, orders=orders)


def surround(shop: Shop) -> Customer:
    """A firm with everything around it: people, consents, relations, and a call in vain."""
    who, other = shop["上海恒达物流有限公司"], shop["王海涛"]
    if who.people.exists():
        return who
    phone = who.contact_points.get()
    mobile = NewContactPoint("mobile", "13812340001", preferred=True)
    around = {"position": POSITION, "function": "finance", "concern": "return"}
    customers.save_person(
        actor=shop.owner,
        customer_id=who.pk,
        values={"name": AROUND, **around, "concern_note": THEIR_WORDS, "known_as": other},
        roles=["payer", "decision"],
        contact_points=[mobile, NewContactPoint("wechat", WECHAT)],
    )
    said = customers.NewConsent(phone.pk, "offers", False, "message", clock.today(), THEIR_WORDS)
    customers.record_consents(actor=shop.owner, consents=[said])
    tie = customers.NewRelation(other.pk, who.pk, "employer", note=THEIR_WORDS)
    customers.record_relations(actor=shop.owner, new=[tie])
    call = NewInteraction(who.pk, clock.now(), outcome="no_answer", point_id=phone.pk)
    record_interactions(actor=shop.owner, interactions=[call])
    return who


def import_file(broken: bool = True) -> bytes:
    """Orders as an old till writes them: Chinese headings, GB18030, one day that does not exist."""
    text = FILE.format(**{f"day{n}": day_ago(100 + n) for n in range(12)})
    return (text + BROKEN_ROW * broken).encode("gb18030")


def uploaded(shop: Shop) -> ImportRun:
    """A file that waits for somebody to confirm its columns."""
    return _upload(shop.owner)


def checked(shop: Shop) -> ImportRun:
    return checked_by(shop.owner)


def checked_by(actor: User) -> ImportRun:
    run = _upload(actor)
    imports.choose_meaning(actor=actor, run_id=run.pk, meaning=run.mapping)
    return imports.check_import(actor=actor, run_id=run.pk)


def done(shop: Shop) -> ImportRun:
    return imports.run_import(actor=shop.owner, run_id=checked(shop).pk)


def list_file() -> bytes:
    """A list of customers as somebody keeps it: a title, titles of persons, a total, GB18030."""
    return LIST.encode("gb18030")


def listed(shop: Shop) -> ImportRun:
    """A list whose kind and columns are guessed."""
    content = io.BytesIO(list_file())
    return imports.start_import(actor=shop.owner, content=content, name=LIST_NAME)


def list_checked(shop: Shop) -> ImportRun:
    return imports.check_import(actor=shop.owner, run_id=listed(shop).pk)


def list_done(shop: Shop) -> ImportRun:
    return imports.run_import(actor=shop.owner, run_id=list_checked(shop).pk)


def list_undone(shop: Shop) -> ImportRun:
    """The list that came in first goes again, but for the one somebody has worked with."""
    done = ImportRun.objects.filter(name=LIST_NAME, status="done")
    run = done.order_by("pk").first() or list_done(shop)
    customer = Customer.objects.get(name="金不换")
    customers.update_customer(
        actor=shop.owner,
        customer_id=customer.pk,
        version=customer.version,
        values={"note": "已联系"},
    )
    return imports.undo_import(actor=shop.owner, run_id=run.pk)


def day_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def _customer(owner: User, name: str, phone: str, **values: str) -> Customer:
    points = [NewContactPoint("mobile", phone, preferred=True)] if phone else []
    given: Mapping[str, str] = {"name": name, **values}
    return customers.create_customer(actor=owner, values=dict(given), contact_points=points)


def _order(customer: Customer, day: date, amount: int) -> NewOrder:
    return NewOrder(
        customer.pk,
        clock.start_of(day) + timedelta(hours=10),
        number=f"XS{customer.pk:03d}-{day:%y%m%d}",
        lines=[NewLine(Decimal(2), Decimal(amount) / 2, text=OIL)],
    )


def _upload(actor: User) -> ImportRun:
    return imports.start_import(actor=actor, content=io.BytesIO(import_file()), name=FILE_NAME)
