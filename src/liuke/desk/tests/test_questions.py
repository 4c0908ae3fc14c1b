"""A customer of somebody else turns up while typing: its owner is asked, and the answer returns."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.agenda import services
from liuke.agenda.models import AgendaItem, Question
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to
from liuke.customers.services import NewContactPoint, create_customer

pytestmark = pytest.mark.django_db
MOBILE = "13800136027"
TYPED = {
    "name": "王海涛", "points-TOTAL_FORMS": "1", "points-0-kind": "mobile",
    "points-0-value": "+86 138-0013-6027",
}  # fmt: skip


@pytest.fixture
def lin(person, firm):
    return person(Role.SELLER, "林静")


@pytest.fixture
def zhao(person, firm):
    return person(Role.SELLER, "赵磊")


@pytest.fixture
def wang(lin) -> Customer:
    points = [NewContactPoint("mobile", MOBILE)]
    return create_customer(actor=lin, values={"name": "王海涛"}, contact_points=points)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token(client: Client) -> str:
    shown = client.post(reverse("customer-known"), TYPED)
    return shown.context["matches"][0].known.sign


def test_the_owner_is_asked_and_the_answer_returns(wang, lin, zhao) -> None:
    asking, owning = client_of(zhao), client_of(lin)
    url = f"{reverse('ask-owner')}?about={token(asking)}"
    dialog = asking.post(url, TYPED).content.decode()
    assert "林静" in dialog
    assert "王海涛" not in dialog.replace('value="王海涛"', "")
    done = asking.post(url, {**TYPED, "question": "客户在我这儿，可以由我接待吗？"})
    assert (done.status_code, done.content) == (200, b"")
    assert "林静" in done.headers["HX-Trigger"].encode().decode("unicode_escape")

    page = owning.get(reverse("today"))
    (line,) = page.context["page"].lines
    assert "赵磊 asks: “客户在我这儿，可以由我接待吗？”" in line.why
    answer = reverse("question-answer", args=[line.question])
    assert answer in page.content.decode()
    assert "王海涛" in owning.get(answer).content.decode()
    assert owning.post(answer, {"answer": "可以，谢谢"}).content == b""
    assert owning.get(reverse("today")).context["page"].lines == []

    page = asking.get(reverse("today"))
    ((question, known),) = page.context["asked"]
    assert (question.answer, known.name) == ("可以，谢谢", "王**")
    shown = page.content.decode()
    assert "可以，谢谢" in shown
    assert "王海涛" not in shown
    asking.post(reverse("question-seen", args=[question.pk]))
    assert asking.get(reverse("today")).context["asked"] == []


def test_for_an_owner_who_has_left_whoever_leads_is_asked(wang, lin, zhao, owner) -> None:
    lin.is_active = False
    lin.save(update_fields=["is_active"])
    asking = client_of(zhao)
    url = f"{reverse('ask-owner')}?about={token(asking)}"
    assert "has left the firm" in asking.post(url, TYPED).content.decode()
    done = asking.post(url, {**TYPED, "question": "可以由我接待吗？"})
    assert "has left: who leads" in done.headers["HX-Trigger"].encode().decode("unicode_escape")
    question = Question.objects.get()
    answer = reverse("question-answer", args=[question.pk])
    client_of(owner).post(answer, {"answer": "可以"})
    question.refresh_from_db()
    assert question.answer == "可以"


def test_nobody_asks_about_what_is_not_typed_or_with_anothers_token(wang, lin, zhao, person):
    third = client_of(person(Role.SELLER, "何苗"))
    url = f"{reverse('ask-owner')}?about={token(client_of(zhao))}"
    asked = {"question": "?"}
    assert third.post(url, {**TYPED, **asked}).status_code == 404
    assert client_of(zhao).post(url, {"name": "李娜", **asked}).status_code == 404
    # Who sees the customer opens it.
    assert token(client_of(lin)) == ""
    assert client_of(lin).post(f"{reverse('ask-owner')}?about=", TYPED).status_code == 404
    assert Question.objects.count() == 0


def test_only_who_sees_the_customer_answers(wang, zhao, person) -> None:
    question = services.ask_owner(actor=zhao, customer_id=wang.pk, words="在吗")
    answer = reverse("question-answer", args=[question.pk])
    for other in (zhao, person(Role.SELLER, "何苗")):
        assert client_of(other).post(answer, {"answer": "在"}).status_code == 404
    assert not visible_to(zhao).filter(pk=wang.pk).exists()
    client_of(person(Role.SELLER, "周平")).post(reverse("question-seen", args=[question.pk]))
    question.refresh_from_db()
    assert (question.answer, question.seen_at) == ("", None)


def test_a_question_is_answered_and_not_set_aside(wang, lin, zhao, person) -> None:
    first = services.ask_owner(actor=zhao, customer_id=wang.pk, words="在吗")
    with pytest.raises(ValidationError, match="asked already"):
        services.ask_owner(actor=zhao, customer_id=wang.pk, words="在吗")
    he = person(Role.SELLER, "何苗")
    second = services.ask_owner(actor=he, customer_id=wang.pk, words="有货吗")
    item = AgendaItem.objects.get(closed_at=None)
    assert item.why["question"] == first.pk
    with pytest.raises(ValidationError, match="Write one"):
        services.complete_item(actor=lin, item_id=item.pk)
    services.contacted(actor=lin, days={wang.pk: date(2999, 1, 1)})
    services.answer_question(actor=lin, question_id=first.pk, answer="在")
    with pytest.raises(ValidationError, match="answered already"):
        services.answer_question(actor=lin, question_id=first.pk, answer="在")
    assert AgendaItem.objects.get(closed_at=None).why["question"] == second.pk
    services.answer_question(actor=lin, question_id=second.pk, answer="有")
    assert not AgendaItem.objects.filter(closed_at=None).exists()


def test_nobody_is_asked_about_a_customer_without_owner(wang, zhao) -> None:
    Customer.objects.update(owner=None)
    assert token(client_of(zhao)) == ""
    with pytest.raises(ValidationError, match="Nobody owns"):
        services.ask_owner(actor=zhao, customer_id=wang.pk, words="在吗")
    with pytest.raises(ValidationError, match="Write what"):
        services.ask_owner(actor=zhao, customer_id=wang.pk, words=" ")
