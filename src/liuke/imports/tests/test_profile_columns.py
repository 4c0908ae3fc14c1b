"""Own fields, own levels and shared phones, as files bring them and as undoing takes them back."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liuke.accounts.models import User
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, DuplicatePair, PrimaryMobile
from liuke.customers.queries.fields import fields, values_of_fields
from liuke.customers.rules.fields import FieldOf, Type
from liuke.customers.services.own_fields import Entry, LevelEntry, create_field, save_levels
from liuke.imports import services
from liuke.imports.models import ImportRun

pytestmark = pytest.mark.django_db
Listed = Callable[..., ImportRun]
REASON = "父子共用一部手机"


@pytest.fixture
def listed(owner: User) -> Listed:
    def run_it(content: str, **said: Any) -> ImportRun:
        run = services.start_import(
            actor=owner, content=io.BytesIO(content.encode()), name="list.csv", kind="customers"
        )
        reading = replace(run.reading, **said)
        services.choose_reading(actor=owner, run_id=run.pk, reading=reading)
        run = services.check_import(actor=owner, run_id=run.pk)
        return services.run_import(actor=owner, run_id=run.pk) if run.total else run

    return run_it


@pytest.fixture
def own(owner: User) -> dict[str, FieldOf]:
    """One own field of each kind that a list may hold."""
    wanted = {
        "会员积分": {"type": Type.NUMBER},
        "续保日期": {"type": Type.DATE},
        "保险公司": {"type": Type.CHOICE},
        "'引号'": {"type": Type.TEXT},
    }
    made = {}
    for name, values in wanted.items():
        entries = [Entry("人保"), Entry("平安")] if values["type"] == Type.CHOICE else []
        made[name] = create_field(actor=owner, values={"name": name, **values}, entries=entries)
    return made


FILE = """客户编号,姓名,会员积分,续保日期,保险公司,'引号',爱好
K1,王海涛,"1,200",2026/3/4,人保,甲's,钓鱼、象棋
K2,李静,很多,2026年5月6日,太平,,
"""


def test_own_fields_come_by_their_names_and_what_is_no_value_is_left_out(
    listed: Listed, own: dict[str, FieldOf]
) -> None:
    run = listed(FILE)
    assert set(run.reading.columns) == set(FILE.split("\n")[0].split(","))
    assert _said("K1") == {
        own["会员积分"].code: Decimal("1200.0000"),
        own["续保日期"].code: date(2026, 3, 4),
        own["保险公司"].code: "人保",
        own["'引号'"].code: "甲's",
        "hobbies": sorted(["钓鱼", "象棋"]),
    }
    assert _said("K2") == {own["续保日期"].code: date(2026, 5, 6)}
    assert (run.counts["new"], run.counts["noticed"]) == (2, 2)
    errors = {each["column"]: each["reason"] for each in run.counts["errors"]}
    assert "太平" in errors["保险公司"]
    assert "会员积分" in errors
    assert listed(FILE).counts["same"] == 2


def test_a_change_of_own_fields_is_shown_journaled_and_undone(
    listed: Listed, own: dict[str, FieldOf], owner: User
) -> None:
    listed(FILE)
    before = _said("K1")
    run = listed("客户编号,会员积分,续保日期,爱好\nK1,1300,2027-03-04,钓鱼\n", mode="update")
    assert run.counts["change"] == 1
    changed = run.counts.get("samples", {})
    assert not changed or ["会员积分", "1200", "1300"] in changed["change"][0]["changes"]
    code = own["会员积分"].code
    entry = JournalEntry.objects.filter(verb="customer.updated").latest("pk")
    assert ((entry.before or {})[code], (entry.after or {})[code]) == ("1200", "1300")
    assert _said("K1")[code] == Decimal("1300.0000")
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert (run.counts["restored"], run.counts["kept"]) == (1, 0)
    assert _said("K1") == before


def test_what_is_asked_of_firms_only_is_not_said_of_people(listed: Listed) -> None:
    label = next(str(each.label) for each in fields() if each.code == "business_model")
    run = listed(f"客户编号,姓名,{label}\nK1,王海涛,Retail\nK2,大同有限公司,Retail\n")
    assert _said("K1") == {}
    assert _said("K2") == {"business_model": "retail"}
    assert run.counts["noticed"] == 1


def test_the_firms_own_levels_are_read(listed: Listed, owner: User) -> None:
    save_levels(actor=owner, wanted=[LevelEntry("金卡"), LevelEntry("银卡")])
    run = listed("客户编号,姓名,级别\nK1,甲,金卡\nK2,乙,银卡级\nK3,丙,A\n")
    levels = dict(Customer.objects.values_list("code", "level"))
    assert levels == {"K1": "金卡", "K2": "银卡", "K3": ""}
    assert run.counts["noticed"] == 1


SHARED = "客户编号,姓名,手机\nK1,王父,13800136027\nK2,王子,13800136027\nK3,李静,13800136028\n"


def test_sharing_a_phone_is_decided_once_for_the_file(listed: Listed, owner: User) -> None:
    run = listed(SHARED, twins="share", reason=REASON)
    assert run.counts["new"] == 3
    pair = DuplicatePair.objects.get()
    assert (pair.verdict, pair.reason, pair.decided_by, pair.source) == (
        "shared", REASON, owner, "file",
    )  # fmt: skip
    held = dict(PrimaryMobile.objects.values_list("customer__code", "decision"))
    assert held == {"K1": None, "K2": pair.pk, "K3": None}
    assert not PrimaryMobile.objects.filter(contested=True).exists()
    told = JournalEntry.objects.filter(verb="duplicate.decided")
    assert {each.customer_id for each in told} == {pair.first_id, pair.second_id}


def test_a_shared_phone_is_undone_without_a_trace(listed: Listed, owner: User) -> None:
    listed("客户编号,姓名,手机\nK1,王父,13800136027\n")
    run = listed("客户编号,姓名,手机\nK2,王子,13800136027\n", twins="share", reason=REASON)
    run = services.undo_import(actor=owner, run_id=run.pk)
    assert (run.counts["removed"], run.counts["kept"]) == (1, 0)
    assert not DuplicatePair.objects.exists()
    held = PrimaryMobile.objects.get()
    assert (held.customer.code, held.contested) == ("K1", False)


def test_whoever_is_left_holds_the_number_of_whom_an_undo_removed(
    listed: Listed, owner: User
) -> None:
    first = listed("客户编号,姓名,手机\nK1,王父,13800136027\n")
    listed("客户编号,姓名,手机\nK2,王子,13800136027\n", twins="share", reason=REASON)
    services.undo_import(actor=owner, run_id=first.pk)
    held = PrimaryMobile.objects.filter(contested=False, decision=None)
    assert [each.customer.code for each in held] in (["K1"], ["K2"])
    assert Customer.objects.count() == PrimaryMobile.objects.count()


def test_undoing_lets_go_of_the_number_that_a_change_brought(listed: Listed, owner: User) -> None:
    listed("客户编号,姓名\nK1,王父\n")
    run = listed("客户编号,手机\nK1,13800136027\n", mode="update")
    assert PrimaryMobile.objects.get().customer.code == "K1"
    services.undo_import(actor=owner, run_id=run.pk)
    assert not PrimaryMobile.objects.exists()
    listed("客户编号,姓名,手机\nK2,王子,13800136027\n")
    assert PrimaryMobile.objects.get(contested=False).customer.code == "K2"


def test_without_a_reason_nothing_is_shared(listed: Listed) -> None:
    with pytest.raises(Refused, match="why"):
        listed(SHARED, twins="share", reason=" ")


def test_without_a_decision_the_pair_waits_for_people(listed: Listed) -> None:
    listed(SHARED, twins="create")
    assert DuplicatePair.objects.get().verdict == ""
    assert PrimaryMobile.objects.get(contested=True).customer.code == "K2"


def _said(code: str) -> dict[str, Any]:
    pk = Customer.objects.get(code=code).pk
    return values_of_fields([pk], fields())[pk]
