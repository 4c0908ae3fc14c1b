from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import may_with, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.sales import queries, services
from liuke.sales.forms import LineFormSet, OrderForm, order_of
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
    context = {"order": found, "may_void": may_with(viewer, Act.RECORD_ORDERS, found.customer)}
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
