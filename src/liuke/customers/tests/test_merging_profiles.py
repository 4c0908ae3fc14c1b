"""What is said of two customers who become one."""

import pytest

from liuke.customers.models import FieldValue, ProfileField
from liuke.customers.services.merging import merge_customers, undo_merge
from liuke.customers.tests.test_merging import everything, made
from liuke.followups import services as followups

pytestmark = pytest.mark.django_db


def test_values_of_the_profile_collide_and_nobody_is_named_by_oneself(owner) -> None:
    wang, double = made(owner, "王海涛"), made(owner, "李娜")
    hobby = ProfileField.objects.create(name="Hobby", type="text", place=90)
    whom = ProfileField.objects.create(name="Whom", type="customer", place=91)
    car = ProfileField.objects.create(name="Car", type="text", place=92)
    rows = [
        FieldValue(customer=wang, field=hobby, text="golf"),
        FieldValue(customer=double, field=hobby, text="tea"),
        FieldValue(customer=double, field=car, text="Audi"),
        FieldValue(customer=double, field=whom, other=wang),
    ]
    FieldValue.objects.bulk_create(rows)
    followups.refresh_contacts([wang.pk, double.pk])
    before = everything()
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    assert set(FieldValue.objects.values_list("customer", "text", "other")) == {
        (wang.pk, "golf", None), (wang.pk, "Audi", None),
    }  # fmt: skip
    assert undo_merge(actor=owner, merge_id=merge.pk).left == []
    assert everything() == before
