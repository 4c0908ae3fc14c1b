"""Ways, people and relations of one customer, each in a dialog; the page behind loads anew."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries, services
from liuke.customers.forms.around import (
    ConsentForm,
    PersonForm,
    PointForm,
    RelationForm,
    RelationKindForm,
    StrengthForm,
)
from liuke.customers.models import ContactPoint, Customer, Person, Relation
from liuke.customers.queries import contacts, people, relations

OFFERED = 6
LONGEST_ID = 19


def point(request: HttpRequest, pk: int, point_pk: int | None = None) -> HttpResponse:
    """Add a way to reach the customer or somebody around it, or change one."""
    customer = _customer(request, pk)
    found = _point(customer, point_pk) if point_pk else None
    if found and found.kind in queries.PHONES:
        require(viewer_of(request), Act.SEE_PHONES, customer)
    person = found.person if found else _asked_person(request, customer)
    initial = {name: getattr(found, name) for name in PointForm.base_fields} if found else {}
    form = PointForm(request.POST or None, initial=initial)
    act = partial(
        services.save_point,
        actor=viewer_of(request),
        customer_id=pk,
        point_id=point_pk,
        person_id=person.pk if person else None,
    )
    anyway = request.POST.get("anyway", "")
    context: dict[str, Any] = {"customer": customer, "point": found, "person": person}

    def save() -> None:
        try:
            act(values=form.cleaned_data, anyway=anyway)
        except services.Known as known:
            context.update(known=known, anyway=anyway)

    return dialog(request, form, "customers/point.html", context, save)


@require_POST
def point_prefer(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    customer = _customer(request, pk)
    [found] = queries.shown_points(viewer_of(request), customer, [_point(customer, point_pk)])
    said = _("%(value)s is used first from now on.") % {"value": found.value}
    act = partial(services.prefer_point, actor=viewer_of(request), customer_id=pk)
    return act_at_once(lambda: act(point_id=point_pk), said)


@require_POST
def point_remove(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    customer = _customer(request, pk)
    [found] = queries.shown_points(viewer_of(request), customer, [_point(customer, point_pk)])
    act = partial(services.remove_point, actor=viewer_of(request), customer_id=pk)
    return act_at_once(
        lambda: act(point_id=point_pk), _("%(value)s is off.") % {"value": found.value}
    )


def consent(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """What they agreed to by this way, with its history, and a new statement."""
    customer = _customer(request, pk)
    [found] = queries.shown_points(viewer_of(request), customer, [_point(customer, point_pk)])
    form = ConsentForm(request.POST or None)

    def act() -> None:
        new = services.NewConsent(point_pk, **form.statement())
        services.record_consents(actor=viewer_of(request), consents=[new])

    context = {"customer": customer, "point": found, "history": contacts.consents_of(found)}
    return dialog(request, form, "customers/consent.html", context, act)


def person(request: HttpRequest, pk: int, person_pk: int | None = None) -> HttpResponse:
    """Add somebody around the customer, or change what is known of them."""
    customer = _customer(request, pk)
    found = get_object_or_404(people.people_of(customer), pk=person_pk) if person_pk else None
    form = PersonForm(request.POST or None, instance=found)
    known_as = _picked(request, "known_as", found.known_as if found else None)

    def act() -> None:
        services.save_person(
            actor=viewer_of(request),
            customer_id=pk,
            person_id=person_pk,
            values=form.values() | {"known_as": known_as},
            roles=form.cleaned_data["roles"],
            contact_points=None if found else form.contact_points(),
        )

    context = {"customer": customer, "person": found, "known_as": known_as}
    return dialog(request, form, "customers/person.html", context, act)


@require_POST
def person_remove(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    found = get_object_or_404(Person, pk=person_pk, customer=_customer(request, pk))
    act = partial(services.remove_person, actor=viewer_of(request), customer_id=pk)
    return act_at_once(
        lambda: act(person_id=person_pk), _("%(name)s is off.") % {"name": found.name}
    )


def relation(request: HttpRequest, pk: int, relation_pk: int | None = None) -> HttpResponse:
    """Say what another customer is to this one, or how close a relation is by now."""
    customer, viewer = _customer(request, pk), viewer_of(request)
    if relation_pk is not None:
        return _strength(request, customer, relation_pk)
    form = RelationForm(viewer, customer, request.POST or None)

    def act() -> None:
        given = form.cleaned_data
        kind, _colon, side = given["word"].partition(":")
        other = given["other"].pk
        first, second = (other, pk) if side == "first" else (pk, other)
        new = services.NewRelation(first, second, kind, given["strength"], given["note"])
        services.record_relations(actor=viewer, new=[new])

    context = {"customer": customer, "picked": _picked(request, "other", None)}
    return dialog(request, form, "customers/relation.html", context, act)


@require_POST
def relation_end(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    _tie(request, _customer(request, pk), relation_pk)
    act = partial(services.end_relation, actor=viewer_of(request), customer_id=pk)
    return act_at_once(lambda: act(relation_id=relation_pk), _("The relation is over."))


def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """The customers somebody may mean, as choices of the field `name`."""
    customer, words = _customer(request, pk), request.GET.get("q", "").strip()
    name = request.GET.get("name", "other")
    if name not in ("other", "known_as"):
        raise Http404
    found = Customer.objects.none()
    if words:
        found = queries.find(viewer_of(request), words).exclude(pk=customer.pk)
    context = {"found": found.order_by("name_sort", "pk")[:OFFERED], "words": words, "name": name}
    return render(request, "customers/pick.html", context)


def relation_kinds(request: HttpRequest) -> HttpResponse:
    """Which relations are told apart, how close they usually are, and what became of weak ties."""
    viewer, today = viewer_of(request), clock.today()
    context = {
        "kinds": relations.kinds(),
        "year": today.year,
        "became_strong": relations.became_strong(viewer, today.replace(month=1, day=1), today),
        "may_edit": viewer.may(Act.EDIT_RULES),
    }
    return render(request, "customers/relation_kinds.html", context)


def relation_kind(request: HttpRequest, code: str = "") -> HttpResponse:
    """Add a kind of relation, or say how the firm calls one."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    found = next((kind for kind in relations.kinds() if kind.code == code), None)
    if code and found is None:
        raise Http404
    form = RelationKindForm(request.POST or None, instance=found, initial=_spelled_out(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_kind(actor=viewer, code=code or None, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return redirect("relation-kinds")
    context = {"form": form, "kind": found}
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/relation_kind.html", context, status=status)


def _strength(request: HttpRequest, customer: Customer, relation_pk: int) -> HttpResponse:
    tie = _tie(request, customer, relation_pk)
    row = tie.relation
    form = StrengthForm(
        request.POST or None,
        initial={"strength": row.strength, "note": row.note, "on": clock.today()},
    )

    def act() -> None:
        services.change_relation(
            actor=viewer_of(request),
            customer_id=customer.pk,
            relation_id=row.pk,
            **form.cleaned_data,
        )

    context = {"customer": customer, "tie": tie, "history": relations.history_of(row)}
    return dialog(request, form, "customers/strength.html", context, act)


def _customer(request: HttpRequest, pk: int) -> Customer:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    found = get_object_or_404(queries.visible_to(viewer), pk=pk)
    require(viewer, Act.EDIT_CUSTOMERS, found)
    return found


def _point(customer: Customer, pk: int) -> ContactPoint:
    rows = contacts.with_consents(ContactPoint.objects.select_related("person"))
    return get_object_or_404(rows, pk=pk, customer=customer)


def _tie(request: HttpRequest, customer: Customer, pk: int) -> relations.Tie:
    ties = relations.ties_of(viewer_of(request), customer)
    found = next((tie for tie in ties if tie.relation.pk == pk), None)
    if found is None:
        raise Http404(Relation)
    return found


def _asked_person(request: HttpRequest, customer: Customer) -> Person | None:
    asked = _number(request.GET.get("person", ""))
    return get_object_or_404(Person, pk=asked, customer=customer) if asked else None


def _picked(request: HttpRequest, name: str, now: Customer | None) -> Customer | None:
    """The customer chosen in the field `name` of a sent form, if the viewer may see it."""
    if request.method != "POST":
        return now
    asked = _number(request.POST.get(name, ""))
    if now is not None and asked == now.pk:
        return now
    return queries.visible_to(viewer_of(request)).filter(pk=asked).first() if asked else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < LONGEST_ID else 0


def _spelled_out(kind: Any) -> dict[str, str]:
    """The words every firm starts with stand in the form, and can be changed there."""
    if kind is None:
        return {}
    first, second = kind.word(first=True), kind.word(first=False)
    return {"first_word": first, "second_word": "" if second == first else second}


def dialog(
    request: HttpRequest,
    form: Any,
    template: str,
    context: dict[str, Any],
    act: Callable[[], object],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            if "known" not in context:
                return _told(_("Saved."))
    return render(request, template, {"form": form, **context})


def act_at_once(act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except ValidationError as problem:
        return _told(problem.messages[0], mean="lost")
    return _told(said)


def _told(text: str, mean: str = "") -> HttpResponse:
    """An empty answer closes the dialog."""
    answer = trigger_client_event(HttpResponse(), "lk:toast", {"text": text, "mean": mean})
    return trigger_client_event(answer, "lk:changed", {})
