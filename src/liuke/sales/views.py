from datetime import date, timedelta
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import may_with, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.sales import queries, services
from liuke.sales.forms import LineFormSet, OrderForm, SplitForm, order_of
from liuke.sales.rules import OrderKind


def create(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.RECORD_ORDERS)
    customer = get_object_or_404(customers.visible_to(viewer), pk=pk)
    require(viewer, Act.RECORD_ORDERS, customer)
    things = list(customer.assets.filter(retired_on=None)[:2])
    form = OrderForm(
        customer,
        request.POST or None,
        initial={
            "kind": OrderKind.VISIT if things else OrderKind.SALE,
            "occurred_at": timezone.localtime(clock.now()),
            "asset": things[0] if len(things) == 1 else None,
        },
    )
    lines = LineFormSet(request.POST or None, prefix="lines")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        try:
            done = services.record_orders(actor=viewer, orders=[order_of(customer, form, lines)])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            if not done.conflicts:
                messages.success(
                    request,
                    _("Recorded.") if done.created else _("This order was already recorded."),
                )
                return redirect("customer", pk=pk)
            form.add_error("number", done.conflicts[0].message)
    context = {"form": form, "lines": lines, "customer": customer}
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/order_form.html", context, status=status)


def order(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    rows = queries.visible_to(viewer).select_related("customer", "asset")
    found = get_object_or_404(rows.prefetch_related("lines__product"), pk=pk)
    context = {
        "order": found,
        "may_void": may_with(viewer, Act.RECORD_ORDERS, found.customer),
        "shares": queries.shares_of(found),
        "may_share": queries.may_share(viewer, found),
    }
    return render(request, "sales/order.html", context)


@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.RECORD_ORDERS)
    found = get_object_or_404(queries.visible_to(viewer).select_related("customer"), pk=pk)
    require(viewer, Act.RECORD_ORDERS, found.customer)
    customer_id = found.customer_id
    try:
        services.void_order(actor=viewer, order_id=pk, reason=request.POST.get("reason", ""))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("order", pk=pk)
    messages.success(request, _("The order is voided. The log keeps it with your reason."))
    return redirect("customer", pk=customer_id)


def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has which part of an order, said anew with a reason."""
    viewer = viewer_of(request)
    require(viewer, Act.SETTLE)
    rows = queries.visible_to(viewer).select_related("customer__owner")
    found = get_object_or_404(rows, pk=pk)
    require(viewer, Act.SETTLE, found.customer)
    form = SplitForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_split(
                actor=viewer,
                order_id=pk,
                split=form.split(),
                main=form.cleaned_data["main"],
                why=form.cleaned_data["why"],
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("order", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/split.html", {"form": form, "order": found}, status=status)


def shares(request: HttpRequest) -> HttpResponse:
    """Who earned how much of sales that several worked for, month by month."""
    viewer = viewer_of(request)
    first = _month(request.GET.get("month", ""))
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    rows = queries.shares_visible_to(viewer).filter(day__range=(first, last))
    found = queries.sums_by_person(rows)
    context = {
        "rows": found,
        "first": first,
        "last": last,
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{last + timedelta(days=1):%Y-%m}" if last < clock.today() else "",
        "total": sum((row["total"] for row in found), Decimal()),
    }
    return render(request, "sales/shares.html", context)


def share_orders(request: HttpRequest) -> HttpResponse:
    """The shares one by one."""
    viewer = viewer_of(request)
    page = queries.share_list(viewer).page(
        queries.shares_visible_to(viewer),
        request.GET,
        export_url=reverse("export-new", args=["shares"]) if viewer.may(Act.EXPORT) else "",
    )
    return render(request, "sales/share_orders.html", {"page": page})


def _month(text: str) -> date:
    """The first of a month written 2026-11; without one, of this month."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = clock.today()
    return first.replace(day=1) if 1 < first.year < 9999 else clock.today().replace(day=1)
