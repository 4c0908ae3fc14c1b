"""The wizard for lists: the kind guessed and changed, the mapping seen, the result undone."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import User
from liuke.customers.models import Customer
from liuke.customers.services import update_customer
from liuke.imports.models import ImportRun

pytestmark = pytest.mark.django_db
LIST = "姓名,联系电话,备注\n王海涛,13800136027,一\n李建国,不详,二\n"


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def test_from_the_list_to_the_customers_and_back(signed_in: Client, owner: User) -> None:
    page = _upload(signed_in).content.decode()
    run = ImportRun.objects.get()
    assert run.kind == "customers"
    assert "1 of the first 2 rows: This is no phone number" in page
    url = reverse("import-map", args=[run.pk])

    check = signed_in.post(url, _chosen(run), follow=True).content.decode()
    assert "2 new records" in check
    assert "王海涛" in check
    assert not Customer.objects.exists()

    done = signed_in.post(reverse("import-check", args=[run.pk]), follow=True).content.decode()
    assert "2 new, 0 changed" in done
    kept = Customer.objects.get(name="李建国")
    update_customer(actor=owner, customer_id=kept.pk, version=1, values={"note": "三"})

    undone = signed_in.post(reverse("import-undo", args=[run.pk]), follow=True).content.decode()
    assert "Removed: 1." in undone
    assert reverse("customer", args=[kept.pk]) in undone
    assert list(Customer.objects.all()) == [kept]


def test_a_change_in_the_mapping_is_judged_beside_the_column(signed_in: Client) -> None:
    _upload(signed_in)
    run = ImportRun.objects.get()
    url = reverse("import-map", args=[run.pk])
    said = {**_chosen(run), "column_2": "mobile", "column_1": ""}
    fragment = signed_in.post(url, said, headers={"HX-Request": "true"}).content.decode()
    assert "2 of the first 2 rows: This is no phone number" in fragment
    run.refresh_from_db()
    assert run.reading.columns["联系电话"] == "mobile"

    wrong = signed_in.post(url, {**_chosen(run), "column_0": "", "key": "code"})
    assert wrong.status_code == 200
    assert "no column is that" in wrong.content.decode()


def test_another_kind_is_guessed_anew(signed_in: Client) -> None:
    _upload(signed_in)
    run = ImportRun.objects.get()
    page = signed_in.post(
        reverse("import-kind", args=[run.pk]), {"kind": "interactions"}, follow=True
    ).content.decode()
    assert "No column is “When”" in page
    run.refresh_from_db()
    assert run.reading.columns["备注"] == "said"
    signed_in.post(reverse("import-kind", args=[run.pk]), {"kind": "orders"})
    assert "Order number" in signed_in.get(reverse("import-map", args=[run.pk])).content.decode()


def _chosen(run: ImportRun) -> dict[str, Any]:
    said = run.reading
    places = {f"column_{at}": said.columns.get(column, "") for at, column in enumerate(run.columns)}
    return {**places, "key": "mobile", "mode": "both", "twins": "refuse"}


def _upload(client: Client) -> Any:
    file = SimpleUploadedFile("list.csv", LIST.encode())
    return client.post(reverse("import-new"), {"file": file}, follow=True)
