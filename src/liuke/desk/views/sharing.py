"""Sharing the selected customers out: evenly among people, or by the rules of assignment."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import ngettext

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers.services import Batch
from liuke.ownership import queries, services

WAYS = frozenset({"evenly", "rules"})
LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class Choices:
    """Among whom one may share out, which skills they have, and whether there are rules."""

    people: list[User]
    skills: list[str]
    rules: bool


def customers_share(request: HttpRequest) -> HttpResponse:
    """The menu of sharing out, read when somebody opens it."""
    viewer = viewer_of(request)
    require(viewer, Act.ASSIGN)
    return render(request, "desk/share.html", {"sharing": _choices(viewer)})


def _choices(viewer: User) -> Choices:
    people = [each for each in people_visible_to(viewer) if each.may(Act.FOLLOW_UP)]
    skills = sorted({skill for each in people for skill in each.skills})
    return Choices(people, skills, queries.assigning.has_rules())


def act(viewer: User, posted: QueryDict) -> Callable[[list[int]], Batch]:
    """What is done with the ids of the selected."""
    if posted.get("owner") == "rules":
        return lambda ids: services.assign_by_rules(actor=viewer, customer_ids=ids)
    people = [int(pk) for pk in posted.getlist("among") if pk.isdecimal() and len(pk) < LONGEST_ID]
    skill = posted.get("skill", "")
    if skill and not people:
        people = [each.pk for each in people_visible_to(viewer) if each.may(Act.FOLLOW_UP)]
    return lambda ids: services.assign_evenly(
        actor=viewer, customer_ids=ids, people=people, skill=skill
    )


def said(count: int) -> str:
    return ngettext("%(n)s customer assigned.", "%(n)s customers assigned.", count)
