"""Two people of one name in a list that says little of them."""

import io

import pytest

from liuke.accounts.models import User
from liuke.customers.models import ContactPoint, Customer
from liuke.imports import services
from liuke.imports.models import ImportRun
from liuke.imports.tests.conftest import reasons

pytestmark = pytest.mark.django_db
HEADER = "姓名,手机,微信\n李娜,13800138000,\n"


def brought(owner: User, content: str) -> ImportRun:
    file = io.BytesIO((HEADER + content).encode())
    run = services.start_import(actor=owner, content=file, name="list.csv")
    assert run.reading.key == "mobile"
    run = services.check_import(actor=owner, run_id=run.pk)
    return services.run_import(actor=owner, run_id=run.pk) if run.total else run


def test_who_is_found_by_name_alone_gets_nothing_that_may_be_anothers(owner: User) -> None:
    brought(owner, "王海涛,,vx_251\n")
    run = brought(owner, "王海涛,,vx_4160\n")
    assert reasons(run) == {3: "namesake"}
    wang = Customer.objects.get(name="王海涛")
    assert [way.value for way in ContactPoint.objects.filter(customer=wang)] == ["vx_251"]


def test_the_same_row_again_is_the_same_customer(owner: User) -> None:
    brought(owner, "王海涛,,vx_251\n")
    run = brought(owner, "王海涛,,vx_251\n")
    assert (run.counts["same"], run.counts["rejected"]) == (2, 0)
