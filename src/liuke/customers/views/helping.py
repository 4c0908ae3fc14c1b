"""Who helps with a customer of somebody else, said in a dialog."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers import queries, services
from liuke.customers.forms.helping import HelperForm
from liuke.customers.models import Collaborator
from liuke.customers.views.around import act_at_once, dialog


def helper(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a colleague help with a customer."""
    viewer = viewer_of(request)
    require(viewer, Act.ASSIGN)
    found = get_object_or_404(queries.visible_to(viewer), pk=pk)
    require(viewer, Act.ASSIGN, found)
    form = HelperForm(found, request.POST or None)

    def act() -> None:
        services.add_collaborator(actor=viewer, help=services.Help(pk, **form.cleaned_data))

    return dialog(request, form, "customers/helper.html", {"customer": found}, act)


@require_POST
def helper_end(request: HttpRequest, pk: int, helper_pk: int) -> HttpResponse:
    """A colleague helps no longer, or one stops helping oneself."""
    viewer = viewer_of(request)
    found = get_object_or_404(queries.visible_to(viewer), pk=pk)
    row = get_object_or_404(Collaborator, pk=helper_pk, customer=found)
    if row.person_id != viewer.pk:
        require(viewer, Act.ASSIGN, found)
    end = partial(services.end_collaborator, actor=viewer, customer_id=pk)
    said = _("%(name)s helps no longer.") % {"name": row.person}
    return act_at_once(lambda: end(collaborator_id=helper_pk), said)
