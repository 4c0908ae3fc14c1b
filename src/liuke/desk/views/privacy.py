"""One person's right to know and to be forgotten."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to
from liuke.customers.services import archive_customer, erase_customer
from liuke.customers.services.privacy import is_erased


def customer_privacy(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be had of a person, and the way to forget them; a POST erases."""
    viewer, customer = _asked(request, pk)
    problem = ""
    if request.method == "POST":
        typed, reason = request.POST.get("typed", ""), request.POST.get("reason", "")
        try:
            erase_customer(actor=viewer, customer_id=pk, typed=typed, reason=reason)
        except ValidationError as refused:
            problem = refused.messages[0]
        else:
            messages.success(request, _("The person is erased. Figures and days stay."))
            return redirect("customer", pk=pk)
    context = {
        "customer": customer,
        "erased": is_erased(pk),
        "problem": problem,
        "typed": request.POST.get("typed", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/privacy.html", context, status=422 if problem else 200)


@require_POST
def customer_archive(request: HttpRequest, pk: int) -> FileResponse:
    """Everything about the person as a zip."""
    viewer, _customer = _asked(request, pk)
    file = archive_customer(actor=viewer, customer_id=pk)
    name = f"customer-{pk}-{clock.today()}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _asked(request: HttpRequest, pk: int) -> tuple[User, Customer]:
    viewer = viewer_of(request)
    require(viewer, Act.PRIVACY)
    return viewer, get_object_or_404(visible_to(viewer, Act.PRIVACY), pk=pk)
