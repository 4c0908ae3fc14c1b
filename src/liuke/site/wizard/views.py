"""The first page of an installation, and the first answer it gives."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.customers.models import ContactPoint
from liuke.customers.queries import PHONES, blocked, standing, within
from liuke.imports.forms import too_large
from liuke.imports.services import start_import
from liuke.imports.views import ACCEPT, SizeLimit
from liuke.site import setup
from liuke.site.wizard.forms import FirstRunForm

CALLS = 5
PHONES_ONLY = Prefetch(
    "contact_points", ContactPoint.objects.filter(kind__in=PHONES, do_not_contact=False)
)
BACKEND = "liuke.accounts.adapters.SignIn"


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The start: today's work, or the set-up of a firm that is not there yet."""
    if request.user.is_authenticated:
        return redirect("today")
    return redirect_to_login(request.path) if setup.is_done() else redirect("first-run")


@login_not_required
@csrf_exempt
def first_run(request: HttpRequest) -> HttpResponse:
    """Firm, business, owner and first file; gone for good once there is a firm."""
    if setup.is_done():
        return redirect("home")
    # The limit must be in place before anything, the CSRF check included, reads the request.
    limit = SizeLimit(request)
    request.upload_handlers.insert(0, limit)
    return _first_run(request, limit)


@csrf_protect
@sensitive_post_parameters("password")
def _first_run(request: HttpRequest, limit: SizeLimit) -> HttpResponse:
    form = FirstRunForm(request.POST or None, request.FILES or None)
    if limit.exceeded:
        form.add_error("file", too_large())
    if form.is_valid():
        try:
            owner = _found(form)
        except Refused as refused:
            form.add_error(None, refused.messages)
        else:
            login(request, owner, backend=BACKEND)
            return _take_in(request, form, owner)
    status = 422 if form.is_bound else 200
    return render(request, "setup/first_run.html", {"form": form, "accept": ACCEPT}, status=status)


def first_calls(request: HttpRequest) -> HttpResponse:
    """The customers at risk with the most to lose: whom to ring today.

    Where nobody is at risk yet, those who should have come and did not.
    """
    viewer = viewer_of(request)
    today = clock.today()
    mine = within(viewer)
    leaving = mine.filter(standing("at_risk", today))
    is_late = not leaving.exists()
    if is_late:
        leaving = mine.filter(state__expected_at__lt=today, state__at_risk_at__gt=today)
    dearest = leaving.exclude(pk__in=list(blocked(leaving))).order_by("-state__value_year", "pk")
    context = {
        "calls": dearest.select_related("state").prefetch_related(PHONES_ONLY)[:CALLS],
        "leaving": leaving.count(),
        "is_late": is_late,
        "known": mine.count(),
        "lost": mine.filter(standing("lost", today)).count(),
        "today": today,
    }
    return render(request, "setup/first_calls.html", context)


def _found(form: FirstRunForm) -> User:
    said = form.cleaned_data
    return setup.found(
        firm=said["firm"],
        business=said["business"],
        branch=said["branch"],
        owner=setup.FirstPerson(said["name"], said["username"], said["password"]),
    )


def _take_in(request: HttpRequest, form: FirstRunForm, owner: User) -> HttpResponse:
    """The firm stands even if its first file cannot be read."""
    file = form.cleaned_data["file"]
    if file is None:
        return redirect("first-calls")
    try:
        run = start_import(actor=owner, content=file, name=file.name)
    except Refused as refused:
        for message in refused.messages:
            messages.error(request, message)
        return redirect("import-list")
    return redirect("import-map", run.pk)
