"""Lists of customers and what belongs to them, as firms keep them, become records once."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from liuke.accounts.models import User
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Asset, ContactPoint, Customer, Person
from liuke.customers.queries import find
from liuke.customers.services import NewContactPoint, create_customer, update_customer
from liuke.followups.models import Interaction
from liuke.imports import services
from liuke.imports.models import ImportRun
from liuke.imports.rules import Status
from liuke.imports.services import records, undoing
from liuke.imports.tests.conftest import Imported, rows
from liuke.sales.models import Order

pytestmark = pytest.mark.django_db
Listed = Callable[..., ImportRun]

OWN_LIST = """2026年客户名单,,,,,,,
制表人：小王,,,,,,,
编号,客户姓名,联系电话,生日,级别,备注,邮箱,标签
K1,王海涛先生,13800136027,1980/3/4,A,老客户,a@b.com,VIP、老友
K2,李女士,138 0013 6028、010-88886666,1980年3月5日,B级,,,
K3,张三,1.38E+10,19800305,Z,,bad,
K4,赵四,1.3800136029E+10,29284,C,,,
,,,,,,,
K5,钱五,13800136027,,,,,
K1,重复,13900000000,,,,,
合计,6,,,,,,
"""


@pytest.fixture
def listed(owner: User) -> Listed:
    """Check a list and run it: `listed(text, mode="update")`."""

    def run_it(
        content: str | bytes, by: User = owner, stop: bool = False, **said: Any
    ) -> ImportRun:
        data = content.encode() if isinstance(content, str) else content
        kind = said.pop("kind", "")
        run = services.start_import(actor=by, content=io.BytesIO(data), name="list.csv", kind=kind)
        if said:
            reading = replace(run.reading, **said)
            services.choose_reading(actor=by, run_id=run.pk, reading=reading)
        run = services.check_import(actor=by, run_id=run.pk)
        if stop or not run.total:
            return run
        return services.run_import(actor=by, run_id=run.pk)

    return run_it


def test_an_own_list_with_all_its_faults_comes_in_as_it_is(listed: Listed, owner: User) -> None:
    run = listed(OWN_LIST.encode("gbk"))
    assert run.kind == "customers"
    assert {name: run.counts[name] for name in ("new", "rejected", "skipped", "noticed")} == {
        "new": 4, "rejected": 2, "skipped": 1, "noticed": 3,
    }  # fmt: skip
    known = {each.code: each for each in Customer.objects.all()}
    assert [(each.name, each.gender) for each in known.values()] == [
        ("王海涛", "male"), ("李女士", "female"), ("张三", ""), ("赵四", ""),
    ]  # fmt: skip
    assert str(known["K2"].birth_date) == "1980-03-05"
    assert str(known["K4"].birth_date) == "1980-03-04"
    assert known["K2"].level == "B"
    assert _points(known["K2"]) == ["+8613800136028", "+861088886666"]
    assert _points(known["K3"]) == []
    assert _points(known["K4"]) == ["+8613800136029"]
    assert sorted(tag.name for tag in known["K1"].tags.all()) == ["VIP", "老友"]
    assert list(find(owner, "haitao")) == list(find(owner, "6027")) == [known["K1"]]
    created = JournalEntry.objects.filter(verb="customer.created")
    assert created.count() == 4
    assert all(each.after["origin"] == f"import {run.pk}" for each in created if each.after)
    errors = {(each["row"], each["code"]): each["kept"] for each in run.counts["errors"]}
    assert errors == {
        (9, "twice"): False, (10, "twice"): False,
        (6, "cut"): True, (6, "choice"): True, (6, "email"): True,
    }  # fmt: skip
    file = run.rejects_file.read_text("utf-8-sig")
    assert "1.38E+10" in file
    assert "钱五" in file


def test_the_same_list_twice_changes_nothing(listed: Listed) -> None:
    listed(OWN_LIST)
    entries = JournalEntry.objects.exclude(subject="imports.importrun").count()
    again = listed(OWN_LIST)
    assert (again.counts["new"], again.counts["change"], again.counts["same"]) == (0, 0, 4)
    assert JournalEntry.objects.exclude(subject="imports.importrun").count() == entries


def test_a_change_is_shown_before_it_is_made_and_empty_cells_erase_nothing(listed: Listed) -> None:
    listed("客户编号,姓名,手机,备注\nK1,王海涛,13800136027,老客户\n")
    later = "客户编号,姓名,手机,备注\nK1,王海涛,13900136027,\n"
    run = listed(later, stop=True)
    assert run.counts["samples"]["change"][0]["changes"] == [["Contact points", "", "13900136027"]]
    assert Customer.objects.get().contact_points.count() == 1
    services.run_import(actor=run.created_by, run_id=run.pk)
    customer = Customer.objects.get()
    assert customer.note == "老客户"
    assert _points(customer) == ["+8613800136027", "+8613900136027"]
    listed(later, erase=True)
    assert Customer.objects.get().note == ""


@pytest.mark.parametrize(
    ("mode", "names"), [("create", ["旧", "新"]), ("update", ["改"]), ("both", ["改", "新"])]
)
def test_only_what_was_asked_for(listed: Listed, mode: str, names: list[str]) -> None:
    listed("客户编号,姓名\nK1,旧\n")
    listed("客户编号,姓名\nK1,改\nK2,新\n", mode=mode)
    assert list(Customer.objects.order_by("code").values_list("name", flat=True)) == names


@pytest.mark.parametrize(
    ("twins", "names"), [("refuse", ["旧"]), ("update", ["新"]), ("create", ["旧", "新"])]
)
def test_a_mobile_that_somebody_has_is_what_the_person_chose(
    listed: Listed, twins: str, names: list[str]
) -> None:
    listed("客户编号,姓名,手机\nK1,旧,13800136027\n")
    run = listed("姓名,手机\n新,+86 138-0013-6027\n", key="name", twins=twins)
    assert list(Customer.objects.order_by("pk").values_list("name", flat=True)) == names
    if twins == "refuse":
        assert "旧" in run.counts["errors"][0]["reason"]


def test_who_is_out_of_reach_is_not_changed_and_the_owner_is_named(
    listed: Listed, firm: Any, person: Callable[..., User], owner: User
) -> None:
    manager = person("manager")
    create_customer(
        actor=owner,
        values={"name": "王海涛", "code": "K1", "branch": None},
        contact_points=[NewContactPoint("mobile", "13800136027")],
    )
    run = listed("客户编号,姓名\nK1,别人\n", by=manager)
    assert Customer.objects.get().name == "王海涛"
    assert owner.name in run.counts["errors"][0]["reason"]
    assert "王海涛" not in run.counts["errors"][0]["reason"]


def test_owners_are_found_by_name_and_others_are_left_out(listed: Listed, owner: User) -> None:
    run = listed(f"客户编号,姓名,业务员\nK1,甲,{owner.name}\nK2,乙,没有这个人\n")
    assert dict(Customer.objects.values_list("code", "owner")) == {"K1": owner.pk, "K2": None}
    assert run.counts["noticed"] == 1


def test_vehicles_contacts_and_contact_points_find_their_customer(listed: Listed) -> None:
    listed("客户编号,姓名,手机\nK1,甲,13800136027\n")
    listed(
        "车牌号,车型,客户编号\n沪A12345,别克,K1\n沪A12345,别克,K1\n沪B1,车,没有\n", kind="assets"
    )
    asset = Asset.objects.get()
    assert (asset.customer.code, asset.serial, asset.name) == ("K1", "沪A12345", "别克")
    contacts = (
        "跟进时间,客户手机,跟进方式,跟进内容,结果\n2026-03-04,13800136027,微信,想换车,考虑中\n"
    )
    for _time in range(2):
        run = listed(contacts, kind="interactions")
    assert run.counts["same"] == 1
    made = Interaction.objects.get()
    assert (made.channel, made.outcome, made.said) == ("wechat", "thinking", "想换车")
    listed("客户编号,邮箱,微信\nK1,a@b.com,wx1\n", kind="contacts")
    assert _points(Customer.objects.get()) == ["+8613800136027", "a@b.com", "wx1"]


def test_people_come_to_their_customer_once_and_go_again(listed: Listed, owner: User) -> None:
    listed("客户编号,姓名\nK1,大同公司\n")
    people = (
        "联系人,职位,部门,采购角色,联系人手机,客户编号\n林总,总经理,老板,拍板人,13800136027,K1\n"
    )
    run = listed(people, kind="people")
    again = listed(people, kind="people")
    assert (run.counts["new"], again.counts["new"], again.counts["same"]) == (1, 0, 1)
    person = Person.objects.get()
    assert (person.name, person.position, person.function) == ("林总", "总经理", "owner")
    assert person.buying_roles.get().role == "decision"
    assert person.contact_points.get().normalised == "+8613800136027"
    services.undo_import(actor=owner, run_id=run.pk)
    assert not Person.objects.exists()
    assert not find(owner, "6027").exists()


def test_a_kind_is_guessed_by_its_headers(owner: User) -> None:
    for header, kind in {
        "客户姓名,手机,性别,生日,地址": "customers",
        "跟进时间,客户姓名,跟进内容,下次跟进时间,跟进人": "interactions",
        "车牌号,车型,客户编号": "assets",
        "客户编号,下单日期,订单号,金额": "orders",
        "Full name,Mobile phone,E-mail,Company": "customers",
    }.items():
        content = io.BytesIO(f"{header}\n{','.join('1' * (header.count(',') + 1))}\n".encode())
        assert services.start_import(actor=owner, content=content, name="x.csv").kind == kind


def test_a_mapping_that_cannot_work_says_why(owner: User, listed: Listed) -> None:
    content = io.BytesIO("甲,乙\n王,13800136027\n".encode())
    run = services.start_import(actor=owner, content=content, name="x.csv", kind="customers")
    assert run.reading.columns == {"乙": "mobile"}
    wrong = replace(run.reading, columns={"甲": "name", "乙": "name"}, key="code")
    with pytest.raises(Refused) as refused:
        services.choose_reading(actor=owner, run_id=run.pk, reading=wrong)
    assert len(refused.value.messages) == 2
    seen = services.look(run, replace(run.reading, columns={"甲": "mobile"}, key="mobile"))
    assert "no phone number" in seen.columns[0].fault


MANY = "客户编号,姓名,手机,车牌\n" + "".join(
    f"K{n},客户{n},138{n:08},沪A{n:05}\n" for n in range(1, 24)
)


@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_list_cut_off_at_any_chunk_goes_on_where_it_was(
    owner: User, listed: Listed, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    run = listed(MANY, stop=True)
    monkeypatch.setattr(records, "next_rows", _small(records.next_rows))
    with pytest.raises(KeyboardInterrupt):
        services.run_import(actor=owner, run_id=run.pk, progress=_cut_after(cut))
    assert Customer.objects.count() == 5 * cut
    run = services.run_import(actor=owner, run_id=run.pk)
    assert run.status == Status.DONE
    assert run.counts["new"] == Customer.objects.count() == Asset.objects.count() == 23
    assert JournalEntry.objects.filter(verb="customer.created").count() == 23


def test_undo_takes_back_all_but_what_somebody_worked_with(owner: User, listed: Listed) -> None:
    run = listed(MANY)
    touched = Customer.objects.get(code="K7")
    update_customer(actor=owner, customer_id=touched.pk, version=1, values={"note": "mine"})
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert run.status == Status.UNDONE
    assert (run.counts["removed"], run.counts["kept"]) == (22, 1)
    assert list(Customer.objects.all()) == [touched]
    assert Asset.objects.get().customer == touched
    assert not find(owner, "客户9").exists()
    assert JournalEntry.objects.filter(verb="customer.removed").count() == 22
    assert services.undo_import(actor=owner, run_id=run.pk).counts == run.counts


def test_undo_sets_changes_back_unless_they_were_changed_again(owner: User, listed: Listed) -> None:
    listed("客户编号,姓名,手机,备注\nK1,甲,13800136027,一\nK2,乙,13800136028,二\n")
    before = _state()
    run = listed("客户编号,姓名,手机,备注,标签\nK1,甲甲,13900000001,壹,新\nK2,乙,,贰,新\n")
    second = Customer.objects.get(code="K2")
    update_customer(
        actor=owner, customer_id=second.pk, version=second.version, values={"note": "三"}
    )
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert (run.counts["restored"], run.counts["kept"]) == (1, 1)
    after = _state()
    assert after["K1"] == before["K1"]
    assert after["K2"] == ("乙", "三", ("+8613800136028",), ("新",))
    assert list(find(owner, "甲甲")) == []


@pytest.mark.parametrize("cut", [1, 3])
def test_an_undo_cut_off_goes_on_where_it_was(
    owner: User, listed: Listed, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr(records, "next_rows", _small(records.next_rows))
    run = listed(MANY)
    with pytest.raises(KeyboardInterrupt):
        services.undo_import(actor=owner, run_id=run.pk, progress=_cut_after(cut))
    assert Customer.objects.count() == 20 - 5 * (cut - 1)
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert (run.counts["removed"], run.counts["kept"]) == (23, 0)
    assert not Customer.objects.exists()
    assert not ContactPoint.objects.exists()


def test_a_file_of_orders_is_undone_with_the_customers_it_brought(
    owner: User, imported: Imported
) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,2,50", "C2,2026-03-05,A2,tea,1,5"))
    assert Order.objects.count() == Customer.objects.count() == 2
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert run.counts["kept"] == 0
    assert JournalEntry.objects.filter(verb="order.voided").count() == 2


def test_nothing_is_undone_twice_or_before_it_ran(owner: User, listed: Listed) -> None:
    run = listed(MANY, stop=True)
    with pytest.raises(Refused):
        undoing.undo_import(actor=owner, run_id=run.pk)


def _points(customer: Customer) -> list[str]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("pk")
    return list(rows.values_list("normalised", flat=True))


def _state() -> dict[str, tuple[Any, ...]]:
    return {
        each.code: (
            each.name,
            each.note,
            tuple(_points(each)),
            tuple(tag.name for tag in each.tags.all()),
        )
        for each in Customer.objects.all()
    }


def _small(next_rows: Callable[..., Any]) -> Callable[..., Any]:
    return lambda connection, shape, reading, after: next_rows(connection, shape, reading, after, 5)


def _cut_after(chunks: int) -> Callable[[str, int, int], None]:
    seen = 0

    def progress(step: str, done: int, total: int) -> None:
        nonlocal seen
        seen += step in ("record", "undo")
        if seen == chunks:
            raise KeyboardInterrupt

    return progress
