"""Asking the owner of a customer one may not see, and the answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import queries, services
from liuke.agenda.forms import AnswerForm, QuestionForm
from liuke.customers.forms.typed import typed_in
from liuke.customers.queries.likeness import matches
from liuke.customers.queries.told import told_of

TYPED = ("name", "code", "credit_code", "kind", "value")


@require_POST
def ask_owner(request: HttpRequest) -> HttpResponse:
    """Which customer is meant follows from what is typed: its number is told to nobody."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    about = told_of(viewer, request.GET.get("about", ""))
    found = [each.known for each in matches(viewer, typed_in(request.POST))]
    known = next((each for each in found if each.customer_id == about and not each.seen), None)
    if known is None:
        raise Http404
    sent = "question" in request.POST
    form = QuestionForm(request.POST if sent else None)
    if sent and form.is_valid():
        try:
            services.ask_owner(
                actor=viewer, customer_id=known.customer_id, words=form.cleaned_data["question"]
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("%(owner)s is asked. The answer comes to your Today.")
            if known.left:
                said = _("%(owner)s has left: who leads there is asked. The answer comes to Today.")
            return _told(said % {"owner": known.owner})
    typed = [
        (name, value)
        for name, value in request.POST.items()
        if name in TYPED or name.startswith("points-")
    ]
    context = {"form": form, "known": known, "typed": typed}
    return render(request, "desk/ask_owner.html", context)


def question_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog with a colleague's words and the answer to them."""
    viewer = viewer_of(request)
    require(viewer, Act.FOLLOW_UP)
    question = get_object_or_404(queries.questions_to(viewer), pk=pk)
    require(viewer, Act.FOLLOW_UP, question.customer)
    form: forms.Form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_question(
                actor=viewer, question_id=pk, answer=form.cleaned_data["answer"]
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("%(name)s reads your answer on Today.") % {"name": question.asker.name}
            return _told(said)
    return render(request, "desk/question.html", {"form": form, "question": question})


@require_POST
def question_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Read; the answer leaves Today."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    services.put_aside(actor=viewer, question_id=pk)
    return trigger_client_event(HttpResponse(), "lk:changed", {})


def _told(said: str) -> HttpResponse:
    response = trigger_client_event(HttpResponse(), "lk:toast", {"text": said})
    return trigger_client_event(response, "lk:changed", {})
