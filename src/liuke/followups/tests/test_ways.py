"""A contact says something about the way it went: the last result, and what to try next."""

from datetime import timedelta

import pytest
from django.urls import reverse

from liuke.core import clock
from liuke.core.errors import Refused
from liuke.customers.models import ContactPoint
from liuke.customers.services import NewConsent, record_consents, save_person, save_point
from liuke.followups.models import Interaction
from liuke.followups.tests.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(customer):
    return customer("王海涛")


@pytest.fixture
def point(owner, wang):
    def make(kind: str, value: str, **more) -> ContactPoint:
        person_id = more.pop("person_id", None)
        return save_point(
            actor=owner, customer_id=wang.pk, person_id=person_id,
            values={"kind": kind, "value": value, **more},
        )  # fmt: skip

    return make


def result(point) -> tuple[str, object]:
    point.refresh_from_db()
    return point.last_result, point.last_result_on


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("talked", "reached"),
        ("refused", "reached"),
        ("no_answer", "not_reached"),
        ("wrong_number", "wrong"),
    ],
)
def test_the_only_way_of_a_channel_was_the_one(wang, contact, point, outcome, expected) -> None:
    phone, chat = point("mobile", "13800136027"), point("wechat", "wang")
    contact(wang, 2, outcome=outcome)
    assert result(phone) == (expected, TODAY - timedelta(days=2))
    assert result(chat) == ("", None)
    assert Interaction.objects.get().point == phone


def test_of_two_numbers_nobody_knows_which_unless_it_is_said(wang, contact, point) -> None:
    one, other = point("mobile", "13800136027"), point("home", "02168885555")
    contact(wang, outcome="talked")
    assert (result(one), result(other)) == (("", None), ("", None))
    contact(wang, outcome="no_answer", point_id=other.pk)
    assert result(other) == ("not_reached", TODAY)


def test_a_late_record_does_not_undo_a_newer_result(wang, contact, point) -> None:
    phone = point("mobile", "13800136027")
    contact(wang, outcome="talked")
    contact(wang, 5, outcome="no_answer")
    assert result(phone) == ("reached", TODAY)


def test_a_way_of_somebody_around_names_the_person(owner, wang, contact, point) -> None:
    li = save_person(actor=owner, customer_id=wang.pk, values={"name": "李会计"})
    theirs = point("mobile", "13900139000", person_id=li.pk)
    contact(wang, point_id=theirs.pk, outcome="talked")
    assert Interaction.objects.get().person == li
    contact(wang, person_id=li.pk, outcome="no_answer")
    assert result(theirs) == ("not_reached", TODAY)


def test_ways_and_people_of_others_are_refused(owner, wang, customer, contact, point) -> None:
    other = customer("别人")
    li = save_person(actor=owner, customer_id=other.pk, values={"name": "李会计"})
    phone = point("mobile", "13800136027")
    with pytest.raises(Refused):
        contact(other, point_id=phone.pk)
    with pytest.raises(Refused):
        contact(wang, person_id=li.pk)


def test_what_they_do_not_want_is_not_used_but_they_may_come_by_it(
    owner, wang, contact, point
) -> None:
    closed = point("mobile", "13800136027", do_not_contact=True)
    chat = point("wechat", "wang")
    no = NewConsent(chat.pk, "service", given=False, how="message", on=clock.today())
    record_consents(actor=owner, consents=[no])
    for each, channel in ((closed, "phone"), (chat, "wechat")):
        with pytest.raises(Refused, match="do not want"):
            contact(wang, point_id=each.pk, channel=channel)
        contact(wang, point_id=each.pk, channel=channel, direction="in")
        contact(wang, 3, point_id=each.pk, channel=channel)


def test_the_drawer_offers_the_next_way_and_notes_the_result(
    signed_in, wang, contact, point
) -> None:
    phone = point("mobile", "13800136027", preferred=True)
    chat = point("wechat", "wang_1980")
    contact(wang, outcome="no_answer")
    url = reverse("contact", args=[wang.pk])
    shown = signed_in.get(url)
    text = shown.content.decode()
    assert "Try next: WeChat wang_1980" in text
    assert "Not reached" in text
    form = shown.context["form"]
    assert (form["point"].value(), form["channel"].value()) == (chat.pk, "wechat")
    typed = {"point": chat.pk, "channel": "wechat", "outcome": "talked", "direction": "out"}
    signed_in.post(url, typed)
    assert result(chat) == ("reached", TODAY)
    assert result(phone) == ("not_reached", TODAY)


def test_the_offered_way_is_not_blamed_for_another_channel(signed_in, wang, point) -> None:
    phone, chat = point("mobile", "13800136027", preferred=True), point("wechat", "wang")
    url = reverse("contact", args=[wang.pk])
    typed = {"point": phone.pk, "channel": "wechat", "outcome": "talked", "direction": "out"}
    signed_in.post(url, typed)
    assert (result(phone), result(chat)) == (("", None), ("reached", TODAY))


def test_a_chosen_way_says_the_channel(signed_in, wang, point) -> None:
    point("mobile", "13800136027", preferred=True)
    chat = point("wechat", "wang")
    typed = {"point": chat.pk, "channel": "phone", "outcome": "talked", "direction": "out"}
    signed_in.post(reverse("contact", args=[wang.pk]), typed)
    made = Interaction.objects.get()
    assert (made.channel, made.point) == ("wechat", chat)


def test_who_was_spoken_to_stands_in_the_past(owner, signed_in, wang) -> None:
    li = save_person(actor=owner, customer_id=wang.pk, values={"name": "李会计"})
    typed = {"person": li.pk, "channel": "shop", "outcome": "talked", "direction": "out"}
    signed_in.post(reverse("contact", args=[wang.pk]), typed)
    assert Interaction.objects.get().person == li
    assert "with 李会计" in signed_in.get(reverse("customer", args=[wang.pk])).content.decode()
