from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import may_with, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Stale
from liuke.core.ui.pages import form_page
from liuke.customers import queries, services
from liuke.customers.forms import (
    AssetForm,
    ChildFormSet,
    ContactPointFormSet,
    CustomerForm,
    RevealForm,
    children_of,
    contact_points_of,
)
from liuke.customers.models import Asset, Customer


def create(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    form = CustomerForm(viewer, request.POST or None, initial={"owner": viewer})
    points = ContactPointFormSet(request.POST or None, prefix="points")
    children = ChildFormSet(request.POST or None, prefix="children")
    context: dict[str, Any] = {"form": form, "points": points, "children": children}
    anyway = request.POST.get("anyway", "")
    if _is_valid(request, form, points, children):
        try:
            customer = services.create_customer(
                actor=viewer,
                values=form.values(),
                contact_points=contact_points_of(points),
                said=form.said(),
                children=children_of(children),
                anyway=anyway,
            )
        except services.Known as known:
            context |= _known(form, known, anyway)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("%(name)s is recorded.") % {"name": customer.name})
            return _opened(viewer, customer.pk)
    return form_page(request, "customers/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    customer = get_object_or_404(queries.visible_to(viewer), pk=pk)
    require(viewer, Act.EDIT_CUSTOMERS, customer)
    form = CustomerForm(
        viewer, request.POST or None, instance=customer, initial={"version": customer.version}
    )
    points = ContactPointFormSet(
        request.POST or None, prefix="points", initial=_points_initial(customer)
    )
    children = ChildFormSet(
        request.POST or None,
        prefix="children",
        initial=list(customer.children.values("name", "sex", "birth_date")),
    )
    sees_phones = may_with(viewer, Act.SEE_PHONES, customer)
    context: dict[str, Any] = {"form": form, "children": children, "customer": customer}
    # Whoever sees masked numbers does not edit them; they stay as they are.
    context |= {"points": points} if sees_phones else {}
    anyway = request.POST.get("anyway", "")
    if _is_valid(request, form, children, *((points,) if sees_phones else ())):
        try:
            services.update_customer(
                actor=viewer,
                customer_id=pk,
                version=form.cleaned_data["version"] or 0,
                values=form.values(),
                contact_points=contact_points_of(points) if sees_phones else None,
                said=form.said(),
                children=children_of(children),
                anyway=anyway,
            )
        except services.Known as known:
            context |= _known(form, known, anyway)
        except Stale as stale:
            # The person keeps the own text, sees what changed, and may save over it knowingly.
            form.data = {**request.POST.dict(), "version": str(stale.current_version)}
            context |= {"stale": stale.messages[0], "changes": stale.changes}
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return _opened(viewer, pk)
    return form_page(request, "customers/form.html", context)


def asset(request: HttpRequest, pk: int, asset_pk: int | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    customer = get_object_or_404(queries.visible_to(viewer), pk=pk)
    require(viewer, Act.EDIT_CUSTOMERS, customer)
    found = get_object_or_404(Asset, pk=asset_pk, customer=customer) if asset_pk else None
    form = AssetForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_asset(
                actor=viewer, customer_id=pk, asset_id=asset_pk, values=form.cleaned_data
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer", pk=pk)
    context = {"form": form, "customer": customer, "asset": found}
    return form_page(request, "customers/asset_form.html", context)


def _known(form: CustomerForm, known: services.Known, anyway: str) -> dict[str, Any]:
    """Who is recorded already, and the way to go on all the same where there is one."""
    if hasattr(known, "error_dict"):
        form.add_error(None, known)
    return {"known": known, "anyway": anyway}


def phones(request: HttpRequest, pk: int) -> HttpResponse:
    """Masked numbers in full, once somebody has said what for."""
    viewer = viewer_of(request)
    customer = get_object_or_404(queries.visible_to(viewer), pk=pk)
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"customer": customer, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["shown"] = services.reveal_phones(
                actor=viewer, customer_id=pk, reason=form.cleaned_data["reason"]
            )
        except ValidationError as problem:
            form.add_error("reason", problem.messages[0])
    return render(request, "customers/phones.html", context)


def _is_valid(request: HttpRequest, *forms: Any) -> bool:
    """Whether everything that was sent may be saved; each form says what is wrong with it."""
    judged = [form.is_valid() for form in forms]
    return request.method == "POST" and all(judged)


def _opened(viewer: User, pk: int) -> HttpResponse:
    """The customer, or the list when it was just given out of one's own sight."""
    seen = queries.visible_to(viewer).filter(pk=pk).exists()
    return redirect("customer", pk=pk) if seen else redirect("customers")


def _points_initial(customer: Customer) -> list[dict[str, Any]]:
    points = customer.contact_points.filter(person=None).values("kind", "value", "do_not_contact")
    return [dict(point) for point in points]
