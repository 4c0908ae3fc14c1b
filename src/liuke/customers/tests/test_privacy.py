"""One person's right to know and to be forgotten."""

import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Sum
from django.http import QueryDict
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.agenda.models import AgendaItem
from liuke.churn.models import Transition
from liuke.core import clock, seals
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import (
    Child,
    ContactBlock,
    Customer,
    CustomerState,
    DuplicatePair,
    FieldChoice,
    FieldValue,
    PrimaryMobile,
    ProfileField,
)
from liuke.customers.queries import relations
from liuke.customers.services import (
    NewContactPoint,
    NewPerson,
    NewRelation,
    archive_customer,
    create_customer,
    erase_customer,
    merge_customers,
    record_people,
    record_relations,
    save_asset,
    tag_customers,
    undo_merge,
)
from liuke.customers.services.privacy import Fate, belonging, free_text, kinds
from liuke.exports import services as exports
from liuke.followups.models import Interaction
from liuke.followups.services import NewInteraction, record_interactions
from liuke.sales.models import Order, OrderLine
from liuke.sales.services import NewLine, NewOrder, record_orders
from liuke.site.privacy import PARTS

pytestmark = pytest.mark.django_db
SECRETS = (
    "欧阳德华",
    "13871234567",
    "鄂A8Q2Z7",
    "怕疼",
    "女儿结婚",
    "K-7788",
    "老客户介绍",
    "教师村",
)
REASON = "asked in writing"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person_known(owner) -> Customer:
    """Somebody of whom we know something in every place."""
    found = create_customer(
        actor=owner,
        values={
            "name": "欧阳德华", "code": "K-7788", "note": "怕疼", "source": "老客户介绍",
            "gender": "female", "birth_date": clock.today() - timedelta(days=12_000),
            "occupation": "教师村",
        },
        contact_points=[NewContactPoint("mobile", "138 7123 4567", preferred=True)],
    )  # fmt: skip
    save_asset(actor=owner, customer_id=found.pk, values={"name": "途观", "serial": "鄂A8Q2Z7"})
    tag_customers(actor=owner, customer_ids=[found.pk], add=["怕疼"])
    for days in (400, 300, 200):
        line = NewLine(text="女儿结婚", quantity=Decimal(1), price=Decimal(80))
        at = clock.now() - timedelta(days=days)
        order = NewOrder(
            found.pk,
            at,
            kind="sale",
            total=Decimal(80),
            number=f"N{days}",
            note="女儿结婚",
            lines=[line],
        )
        record_orders(actor=owner, orders=[order])
    said = NewInteraction(
        found.pk, clock.now() - timedelta(days=9), said="女儿结婚", goal="怕疼",
        outcome="agreed", next_step="怕疼", next_on=clock.today(),
    )  # fmt: skip
    record_interactions(actor=owner, interactions=[said])
    return found


@pytest.fixture
def known_elsewhere(owner, person_known, customer) -> Customer:
    """A firm at which the same person works, and a wife with a note."""
    firm_of = customer("德华贸易有限公司", kind="organization")
    values = {"name": "欧阳德华", "note": "怕疼", "known_as": person_known}
    record_people(actor=owner, new=[NewPerson(firm_of.pk, values)])
    kind = relations.kinds()[0].code
    relation = NewRelation(person_known.pk, customer("孙丽").pk, kind, note="女儿结婚")
    record_relations(actor=owner, new=[relation])
    return firm_of


def erase(owner: Any, who: Customer, **more: Any) -> None:
    given = {"typed": who.name, "reason": REASON, **more}
    erase_customer(actor=owner, customer_id=who.pk, **given)


def everything() -> str:
    """Every value of every table, the search index included."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            texts.append(str(cursor.fetchall()))
    return "".join(texts)


def test_every_kind_that_points_at_a_customer_is_declared() -> None:
    """Whoever adds a foreign key says what becomes of its rows when a person is erased."""
    assert {model._meta.label_lower for model in belonging()} == set(PARTS)


def test_the_fields_that_are_kept_exist() -> None:
    for kind in kinds():
        assert set(kind.part.keep) <= {field.name for field in kind.model._meta.fields}
        if kind.part.fate == Fate.KEEP:
            assert free_text(kind) == [], "free text may name somebody"


def test_nothing_personal_is_left_anywhere(owner, person_known) -> None:
    before = everything()
    assert all(secret in before for secret in SECRETS if secret != "13871234567")
    erase(owner, person_known)
    left = everything()
    assert [secret for secret in SECRETS if secret in left] == []
    assert "7123" not in left
    assert not queries.find(owner, "欧阳").exists()
    assert not queries.find(owner, "4567").exists()


def test_nothing_is_left_in_the_past_of_others(owner, person_known, known_elsewhere) -> None:
    seals.seal(clock.now())
    erase(owner, person_known)
    seals.seal(clock.now())
    assert [secret for secret in SECRETS if secret in everything().replace("德华贸易", "")] == []
    assert list(seals.verify(clock.now() + timedelta(days=2))) == []
    assert JournalEntry.objects.filter(
        customer_id=known_elsewhere.pk, verb="customer.created", after__name="德华贸易有限公司"
    ).exists()


def test_figures_and_days_stay(owner, person_known) -> None:
    orders = Order.objects.filter(customer=person_known)
    figures = (
        list(orders.values_list("day", "total", "number")),
        OrderLine.objects.filter(order__in=orders).aggregate(sum=Sum("amount")),
        Interaction.objects.filter(customer=person_known).values_list("day", "outcome")[0],
        list(Transition.objects.filter(customer=person_known).values_list("on", "after")),
    )
    stage = CustomerState.objects.get(pk=person_known.pk).stage
    erase(owner, person_known)
    assert figures == (
        list(orders.values_list("day", "total", "number")),
        OrderLine.objects.filter(order__in=orders).aggregate(sum=Sum("amount")),
        Interaction.objects.filter(customer=person_known).values_list("day", "outcome")[0],
        list(Transition.objects.filter(customer=person_known).values_list("on", "after")),
    )
    left = Customer.objects.select_related("state").get(pk=person_known.pk)
    assert (left.state.stage, left.gender, left.birth_date) == (stage, "", None)
    assert left.name == f"Erased {left.pk}"


def test_nobody_is_asked_to_ring_an_erased_person(owner, person_known) -> None:
    assert AgendaItem.objects.filter(customer=person_known, closed_at=None).exists()
    erase(owner, person_known)
    assert not AgendaItem.objects.filter(customer=person_known, closed_at=None).exists()
    (block,) = ContactBlock.objects.filter(customer=person_known, lifted_at=None)
    assert (block.until, "Erased" in block.reason) == (None, True)


def test_the_journal_stays_whole_and_says_who_erased(owner, person_known) -> None:
    seals.seal(clock.now())
    erase(owner, person_known)
    seals.seal(clock.now())
    assert list(seals.verify(clock.now() + timedelta(days=2))) == []
    entry = JournalEntry.objects.get(verb="customer.erased")
    assert (entry.actor_id, entry.customer_id, entry.after) == (
        owner.pk, person_known.pk, {"reason": REASON},
    )  # fmt: skip


def test_others_keep_what_is_theirs(owner, person_known, customer) -> None:
    other = customer("欧阳春", note="爱喝茶")
    erase(owner, person_known)
    other.refresh_from_db()
    assert (other.name, other.note) == ("欧阳春", "爱喝茶")
    assert queries.find(owner, "欧阳").get() == other
    assert JournalEntry.objects.get(customer_id=other.pk).after["note"] == "爱喝茶"


@pytest.mark.parametrize(
    "wrong", [{"typed": "欧阳"}, {"typed": ""}, {"reason": ""}, {"reason": "  x "}]
)
def test_it_takes_the_whole_name_and_a_reason(owner, person_known, wrong) -> None:
    with pytest.raises(Refused):
        erase(owner, person_known, **wrong)
    person_known.refresh_from_db()
    assert person_known.name == "欧阳德华"


def test_once_is_enough(owner, person_known) -> None:
    erase(owner, person_known)
    person_known.refresh_from_db()
    with pytest.raises(Refused, match="already"):
        erase(owner, person_known)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER, Role.ADMINISTRATOR}))
def test_only_owner_and_administrator_may(person, person_known, role) -> None:
    viewer = person(role)
    with pytest.raises(PermissionDenied):
        erase(viewer, person_known)
    with pytest.raises(PermissionDenied):
        archive_customer(actor=viewer, customer_id=person_known.pk)


def test_the_archive_holds_everything_in_words_and_for_programs(owner, person_known) -> None:
    archive = zipfile.ZipFile(archive_customer(actor=owner, customer_id=person_known.pk))
    assert set(archive.namelist()) == {"index.html", "data.json"}
    page = archive.read("index.html").decode()
    assert [secret for secret in SECRETS if secret not in page.replace("138 7123 4567",
            "13871234567")] == []  # fmt: skip
    data = json.loads(archive.read("data.json"))
    assert {"customers.customer", "sales.order", "sales.orderline", "followups.interaction",
            "customers.customer_tags", "core.journalentry"} <= set(data)  # fmt: skip
    assert len(data["sales.order"]) == 3
    assert JournalEntry.objects.filter(verb="customer.archived").get().actor_id == owner.pk


def test_the_archive_is_of_one_person(owner, person_known, customer) -> None:
    customer("别人", note="秘密")
    archive = zipfile.ZipFile(archive_customer(actor=owner, customer_id=person_known.pk))
    assert "秘密" not in "".join(archive.read(name).decode() for name in archive.namelist())


def test_the_screen_downloads_and_erases(signed_in, person_known) -> None:
    url = reverse("customer-privacy", args=[person_known.pk])
    assert "cannot be undone" in signed_in.get(url).content.decode()
    file = signed_in.post(reverse("customer-archive", args=[person_known.pk]))
    assert zipfile.is_zipfile(io.BytesIO(b"".join(file)))
    refused = signed_in.post(url, {"typed": "x", "reason": REASON})
    assert (refused.status_code, "exactly" in refused.content.decode()) == (422, True)
    done = signed_in.post(url, {"typed": person_known.name, "reason": REASON}, follow=True)
    assert "欧阳德华" not in done.content.decode()
    assert "erased already" in signed_in.get(url).content.decode()


def test_files_exported_earlier_go_too(owner, person_known) -> None:
    export = exports.start_export(
        actor=owner, list_name="customers", query=QueryDict("q=欧阳"), columns=[], format="csv"
    )
    exports.run_export(export_id=export.pk)
    assert "欧阳德华" in export.file.read_text("utf-8-sig")
    erase(owner, person_known)
    assert not export.folder.exists()


def test_the_profile_goes_and_a_word_nobody_else_wears(owner, person_known, customer) -> None:
    field = ProfileField.objects.create(name="Hobby", type="choices", open=True, place=90)
    rare, common = (FieldChoice.objects.create(field=field, name=n) for n in ("怕疼二", "茶"))
    for choice in (rare, common):
        FieldValue.objects.create(customer=person_known, field=field, several=True, choice=choice)
    other = customer("孙丽")
    FieldValue.objects.create(customer=other, field=field, several=True, choice=common)
    Child.objects.create(customer=person_known, name="小欧阳德华")
    erase(owner, person_known)
    assert list(FieldChoice.objects.all()) == [common]
    assert [value.customer for value in FieldValue.objects.all()] == [other]
    assert not Child.objects.exists()


def test_who_shared_the_phone_keeps_it(owner, person_known) -> None:
    points = [NewContactPoint("mobile", "13871234567", preferred=True)]
    wife = create_customer(
        actor=owner, values={"name": "孙丽"}, contact_points=points, anyway="女儿结婚"
    )
    erase(owner, person_known)
    (held,) = PrimaryMobile.objects.all()
    assert (held.customer, held.decision, held.contested) == (wife, None, False)
    assert not DuplicatePair.objects.exists()
    assert "女儿结婚" not in everything()


def test_merges_keep_nothing_and_cannot_be_undone(owner, person_known, known_elsewhere) -> None:
    double = create_customer(
        actor=owner, values={"name": "欧阳德华二", "note": "怕疼", "code": "K-7788-2"}, anyway="x"
    )
    branch = create_customer(actor=owner, values={"name": "汉口分公司"})
    of_firm = merge_customers(actor=owner, survivor_id=known_elsewhere.pk, absorbed_id=branch.pk)
    merge = merge_customers(actor=owner, survivor_id=person_known.pk, absorbed_id=double.pk)
    seals.seal(clock.now())
    erase(owner, person_known)
    seals.seal(clock.now())
    left = everything().replace("德华贸易", "")
    assert [secret for secret in SECRETS if secret in left] == []
    assert list(seals.verify(clock.now() + timedelta(days=2))) == []
    with pytest.raises(Refused, match="erased"):
        undo_merge(actor=owner, merge_id=merge.pk)
    assert undo_merge(actor=owner, merge_id=of_firm.pk).customer_id == branch.pk


def test_parted_again_only_one_is_forgotten(owner, person_known, customer, signed_in) -> None:
    wife = customer("孙丽", note="爱喝茶")
    merge = merge_customers(actor=owner, survivor_id=wife.pk, absorbed_id=person_known.pk)
    undo_merge(actor=owner, merge_id=merge.pk)
    erase(owner, Customer.objects.get(pk=person_known.pk))
    assert [secret for secret in SECRETS if secret in everything()] == []
    wife.refresh_from_db()
    assert (wife.name, wife.note) == ("孙丽", "爱喝茶")
    assert signed_in.get(reverse("customer", args=[wife.pk])).status_code == 200
