"""From a dropped file to the recorded orders, in the browser's words."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import User
from liuke.imports import services
from liuke.imports.models import ImportRun
from liuke.imports.tests.conftest import Imported, rows
from liuke.sales.models import Order

pytestmark = pytest.mark.django_db
FILE = rows("C1,2026-03-04,A1,tea,2,50", "C1,2026-03-05,A2,tea,x,50", ",2026-03-05,A3,tea,1,5")


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def test_the_whole_way(signed_in: Client) -> None:
    mapping = _upload(signed_in, FILE)
    run = ImportRun.objects.get()
    assert mapping.redirect_chain == [(reverse("import-map", args=[run.pk]), 302)]
    assert mapping.context["form"]["customer"].initial == "customer"
    assert "A1" in mapping.content.decode()

    check = signed_in.post(
        reverse("import-map", args=[run.pk]), {**run.meaning, "kind": "sale"}, follow=True
    )
    assert check.redirect_chain == [(reverse("import-check", args=[run.pk]), 302)]
    text = check.content.decode()
    assert "This is not a number" in text
    assert "Write a plain number" in text
    assert not Order.objects.exists()

    done = signed_in.post(reverse("import-check", args=[run.pk]), follow=True)
    assert done.redirect_chain == [(reverse("import-run", args=[run.pk]), 302)]
    assert "orders.csv is in" in done.content.decode()
    assert Order.objects.count() == 1

    rejects = signed_in.get(reverse("import-rejects", args=[run.pk]))
    assert b"This is not a number" in b"".join(rejects)  # type: ignore[arg-type]
    assert "orders.csv" in signed_in.get(reverse("import-list")).content.decode()


@pytest.mark.parametrize(("column", "warned"), [("order", True), ("customer", False)])
def test_a_column_that_can_hardly_be_the_customer_is_asked_about(
    signed_in: Client, checked: Imported, column: str, warned: bool
) -> None:
    lines = (f"A{n % 30},2026-03-04,R{n},tea,1,5" for n in range(60))
    run = checked(rows(*lines), customer=column, order="")
    text = signed_in.get(reverse("import-check", args=[run.pk])).content.decode()
    assert (f"Is “{column}” really the customer?" in text) is warned


def test_rows_without_a_customer_are_said_aloud(signed_in: Client, checked: Imported) -> None:
    run = checked(rows("A1,2026-03-04,R1,tea,1,5", ",2026-03-04,R2,tea,1,5"))
    text = signed_in.get(reverse("import-check", args=[run.pk])).content.decode()
    assert "1 row has nothing in “customer”" in text


def test_a_file_nobody_has_explained_opens_where_it_is_explained(
    signed_in: Client, owner: User
) -> None:
    content = io.BytesIO(rows("A1,2026-03-04,R1,tea,1,5").encode())
    run = services.start_import(actor=owner, content=content, name="orders.csv")
    answer = signed_in.get(reverse("import-run", args=[run.pk]))
    assert answer.headers["Location"] == reverse("import-map", args=[run.pk])


def test_a_broken_file_is_explained_beside_the_drop_zone(signed_in: Client) -> None:
    answer = signed_in.post(reverse("import-new"), {"file": SimpleUploadedFile("a.csv", b"a,b\n")})
    assert answer.status_code == 422
    assert "no rows" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_file_beyond_the_limit_is_refused_while_it_arrives(
    signed_in: Client, settings: Any
) -> None:
    settings.LIUKE_MAX_UPLOAD_BYTES = 20
    answer = _upload(signed_in, FILE)
    assert answer.status_code == 422
    assert "larger than 20" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_an_upload_needs_its_token(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert _upload(client, FILE).status_code == 403


def test_a_wrong_choice_of_columns_is_explained(signed_in: Client) -> None:
    _upload(signed_in, FILE)
    run = ImportRun.objects.get()
    chosen = {**run.meaning, "quantity": "", "price": "", "kind": "sale"}
    answer = signed_in.post(reverse("import-map", args=[run.pk]), chosen)
    assert "Say which column holds the amount" in answer.content.decode()


def test_dates_with_two_readings_send_back_to_the_columns(signed_in: Client) -> None:
    _upload(signed_in, rows("C1,3/4/2026,A1,tea,2,50"))
    run = ImportRun.objects.get()
    url = reverse("import-map", args=[run.pk])
    answer = signed_in.post(url, {**run.meaning, "kind": "sale"}, follow=True)
    assert "day or the month comes first" in answer.content.decode()
    chosen = {**run.meaning, "kind": "sale", "date_order": "mdy"}
    assert "would become 1 orders" in signed_in.post(url, chosen, follow=True).content.decode()


def test_progress_is_a_fragment_that_ends_by_drawing_the_page_anew(
    signed_in: Client, checked: Imported
) -> None:
    run = checked(FILE)
    url = reverse("import-run", args=[run.pk])
    fragment = signed_in.get(url, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert b"every 1s" in fragment.content
    ImportRun.objects.update(status="done")
    assert signed_in.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_an_abandoned_run_can_be_continued(signed_in: Client, checked: Imported) -> None:
    run = checked(FILE)
    ImportRun.objects.update(status="running", counts=run.counts)
    page = signed_in.get(reverse("import-run", args=[run.pk]))
    assert "The worker stopped in the middle" in page.content.decode()
    signed_in.post(reverse("import-check", args=[run.pk]))
    assert Order.objects.count() == 1


def test_a_file_can_be_forgotten(signed_in: Client, checked: Imported) -> None:
    run = checked(FILE)
    signed_in.post(reverse("import-discard", args=[run.pk]))
    assert not ImportRun.objects.exists()
    assert not run.folder.exists()


def test_only_who_may_import_gets_in(person: Callable[..., User], checked: Imported) -> None:
    run = checked(FILE)
    seller, manager = Client(), Client()
    seller.force_login(person("seller"))
    manager.force_login(person("manager"))
    assert seller.get(reverse("import-list")).status_code == 403
    assert manager.get(reverse("import-list")).status_code == 200
    assert manager.get(reverse("import-run", args=[run.pk])).status_code == 404


def _upload(client: Client, content: str) -> Any:
    file = SimpleUploadedFile("orders.csv", content.encode())
    return client.post(reverse("import-new"), {"file": file}, follow=True)
