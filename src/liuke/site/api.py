"""The API as one: who may enter, what its errors look like, and the routes of every app."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.security import HttpBearer, django_auth

from liuke.accounts.models import User
from liuke.accounts.queries import person_with_token
from liuke.agenda.api import router as agenda
from liuke.churn.api import router as churn
from liuke.core.errors import Stale
from liuke.customers.api import router as customers
from liuke.customers.api.around import router as around
from liuke.customers.api.duplicates import router as duplicates
from liuke.customers.api.fields import router as fields
from liuke.customers.api.filters import router as filters
from liuke.customers.api.many import router as many
from liuke.customers.services import Known
from liuke.desk.api import router as conflicts
from liuke.followups.api import router as followups
from liuke.imports.api import router as imports
from liuke.ownership.api import router as ownership
from liuke.sales.api import router as sales


class Key(HttpBearer):
    """`Authorization: Bearer KEY`, made with `liuke user token NAME`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        person = person_with_token(token)
        if person is not None:
            request.user = person
        return person


class Body(Parser):
    """JSON without the one character that PostgreSQL cannot store; ninja answers 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        if b"\\u0000" in request.body:
            raise ValueError("U+0000")
        return super().parse_body(request)


api = NinjaAPI(
    title="Liuke", version="1", auth=[Key(), django_auth], docs_url="/docs", parser=Body()
)
api.add_router("", duplicates)
api.add_router("", filters)
api.add_router("", many)
api.add_router("", customers)
api.add_router("", around)
api.add_router("", fields)
api.add_router("", ownership)
api.add_router("", sales)
api.add_router("", churn)
api.add_router("", followups)
api.add_router("", agenda)
api.add_router("", conflicts)
api.add_router("", imports)


@api.exception_handler(Stale)
def stale(request: HttpRequest, problem: Stale) -> HttpResponse:
    changes = [
        {"field": each.field, "before": each.before, "after": each.after, "by": each.actor}
        for each in problem.changes
    ]
    body = {"detail": problem.messages, "version": problem.current_version, "changes": changes}
    return api.create_response(request, body, status=409)


@api.exception_handler(Known)
def known(request: HttpRequest, problem: Known) -> HttpResponse:
    """The customer exists: 409 with who and whose, and whether a reason lets it pass."""
    found = [
        {
            "id": each.customer_id if each.seen else None,
            "name": each.name,
            "owner": each.owner,
            "sign": each.sign,
        }
        for each in problem.found
    ]
    detail: Any = problem.message_dict if hasattr(problem, "error_dict") else problem.messages
    body = {"detail": detail, "found": found, "reason_needed": problem.reason_needed}
    return api.create_response(request, body, status=409)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    detail: Any = problem.messages
    if hasattr(problem, "error_dict"):
        detail = problem.message_dict
    return api.create_response(request, {"detail": detail}, status=422)


@api.exception_handler(PermissionDenied)
def refused(request: HttpRequest, problem: PermissionDenied) -> HttpResponse:
    return api.create_response(request, {"detail": [str(problem)]}, status=403)
