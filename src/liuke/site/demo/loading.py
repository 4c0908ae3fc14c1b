"""The simulated firm goes through the same services as real work, half a year at a time.

The clock is set to the end of each half-year, so that the record reads as if it had been lived.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from liuke.accounts.models import User
from liuke.core import clock
from liuke.customers import services as customers
from liuke.customers.models import Asset, ContactPoint
from liuke.customers.services import (
    NewConsent,
    NewContactPoint,
    NewCustomer,
    NewPerson,
    NewRelation,
)
from liuke.followups.services import NewInteraction, record_interactions
from liuke.sales.services import NewLine, NewOrder, record_orders
from liuke.site.demo import known, people, ties, together
from liuke.site.demo.lives import YEARS, Life, Visit, simulate
from liuke.site.demo.profiles import PROFILES, Profile
from liuke.site.demo.talks import Talk, talks_of

TRUTH = "demo-truth.csv"
Ids = dict[str, int]


def build(business: str) -> None:
    """Fill an empty database with one of the demo firms. The caller owns the transaction."""
    profile, today = PROFILES[business], clock.today()
    lives = simulate(profile, today)
    talks = [(life.number, talks_of(life, profile, today)) for life in lives]
    links = ties.links(lives, today)
    begun = today - timedelta(days=365 * YEARS)
    with clock.set_to(begun):
        staff = people.hire(profile.firm, profile.branches)
        own = known.define(profile)
    numbers: Ids = {}
    plates: Ids = {}
    for first, end in _halves(begun, today):
        if end == today:
            with clock.set_to(first):
                together.begin_to_help(staff)
        # Written down by the evening before: today's work is nobody's yet.
        with clock.set_to(_moment(end, -1)):
            newcomers = [life for life in lives if first <= life.joined < end]
            _customers(newcomers, profile, own, staff, numbers, plates)
            _around(newcomers, profile, numbers)
            _relations(links, numbers, first, end)
            _orders(lives, profile, staff, numbers, plates, first, end)
            _contacts(talks, staff, numbers, first, end)
    together.claim_customers(staff, today)
    people.see_off(today)
    people.is_demo.cache_clear()
    write_truth(lives)


def write_truth(lives: Sequence[Life]) -> None:
    """Who left, why and when: what a method that looks for causes has to find out."""
    with (Path(settings.HOME) / TRUTH).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("customer", "cause", "day", "returned"))
        rows.writerows(
            (life.number, life.loss.cause, life.loss.day, life.returned_on or "")
            for life in lives
            if life.loss is not None
        )


def _customers(
    lives: Sequence[Life],
    profile: Profile,
    own: Mapping[str, str],
    staff: dict[str, User],
    numbers: Ids,
    plates: Ids,
) -> None:
    new = [_customer(life, known.answers(life, profile, own), staff) for life in lives]
    rows = customers.record_customers(actor=None, new=new, origin="demo")
    numbers |= {row.code: row.pk for row in rows}
    assets = Asset.objects.filter(customer__in=[row.pk for row in rows])
    plates |= dict(assets.values_list("serial", "pk"))


def _customer(life: Life, said: Mapping[str, Any], staff: dict[str, User]) -> NewCustomer:
    adviser = staff[life.adviser.username]
    columns = {name: said[name] for name in known.COLUMNS if name in said}
    return NewCustomer(
        {
            "kind": "organization" if life.is_organization else "person",
            "name": life.name,
            "code": life.number,
            "gender": life.gender,
            "level": life.level,
            "source": life.source,
            "owner": adviser,
            "branch": adviser.unit,
            **columns,
        },
        [NewContactPoint(kind, value, kind == "mobile") for kind, value in ties.ways_of(life)],
        [(car.name, car.plate) for car in life.cars if car.plate],
        said={name: value for name, value in said.items() if name not in columns},
    )


def _around(lives: Sequence[Life], profile: Profile, numbers: Ids) -> None:
    """Who has a say with these customers, and what they agreed to when they came first."""
    people_around = [
        NewPerson(
            numbers[life.number],
            {
                "name": each.name,
                "position": each.position,
                "function": each.function,
                "concern": each.concern,
                "concern_note": each.words,
            },
            each.roles,
            [NewContactPoint(kind, value, kind == "mobile") for kind, value in each.ways],
        )
        for life in lives
        for each in ties.circle(life, profile)
    ]
    customers.record_people(actor=None, new=people_around)
    said = {numbers[life.number]: ties.consents(life) for life in lives}
    points = ContactPoint.objects.filter(customer__in=said, person=None)
    consents = [
        NewConsent(pk, each.purpose, each.given, each.how, each.on, each.note)
        for pk, customer, kind in points.values_list("pk", "customer", "kind")
        for each in said[customer]
        if each.kind == kind and each.on <= clock.today()
    ]
    customers.record_consents(actor=None, consents=consents)


def _relations(links: Sequence[ties.Link], numbers: Ids, first: date, end: date) -> None:
    """Who is what to whom since they are both known, and who came closer in this time."""
    began = [each for each in links if first <= each.on < end]
    new = [
        NewRelation(numbers[each.first], numbers[each.second], each.kind, each.strength, on=each.on)
        for each in began
    ]
    rows = customers.record_relations(actor=None, new=new)
    for each, row in zip(began, rows, strict=True):
        if each.closer_on is not None and each.closer_on <= clock.today():
            customers.change_relation(
                actor=None,
                customer_id=row.first_id,
                relation_id=row.pk,
                strength="strong",
                on=each.closer_on,
            )


def _orders(
    lives: Sequence[Life],
    profile: Profile,
    staff: dict[str, User],
    numbers: Ids,
    plates: Ids,
    first: date,
    end: date,
) -> None:
    orders = [
        _order(life, visit, profile, numbers, plates)
        for life in lives
        for visit in life.visits
        if first <= visit.day < end
    ]
    orders.sort(key=lambda order: order.occurred_at)
    record_orders(actor=staff[people.OWNER[0]], orders=orders, origin="demo")


def _order(life: Life, visit: Visit, profile: Profile, numbers: Ids, plates: Ids) -> NewOrder:
    plate = life.cars[visit.thing].plate
    return NewOrder(
        customer_id=numbers[life.number],
        asset_id=plates[plate] if plate else None,
        occurred_at=_moment(visit.day, visit.minute),
        kind=profile.kind,
        number=f"{profile.prefix}{visit.day:%y%m%d}-{life.place + 1:04d}{visit.thing or ''}",
        note=visit.note,
        lines=[
            NewLine(Decimal(line.quantity), Decimal(line.price), line.code, line.text)
            for line in visit.lines
        ],
    )


def _contacts(
    talks: Sequence[tuple[str, Sequence[Talk]]],
    staff: dict[str, User],
    numbers: Ids,
    first: date,
    end: date,
) -> None:
    contacts = [
        NewInteraction(
            customer_id=numbers[number],
            occurred_at=_moment(talk.day, talk.minute),
            channel=talk.channel,
            direction=talk.direction,
            outcome=talk.outcome,
            said=talk.said,
            goal=talk.goal,
            left_open=talk.left_open,
            next_step=talk.next_step,
            next_on=talk.next_on,
            by_id=staff[talk.by].pk,
        )
        for number, held in talks
        for talk in held
        if first <= talk.day < end
    ]
    contacts.sort(key=lambda contact: contact.occurred_at)
    record_interactions(actor=staff[people.OWNER[0]], interactions=contacts)


def _moment(day: date, minute: int) -> datetime:
    return clock.start_of(day) + timedelta(minutes=minute)


def _halves(begun: date, today: date) -> Iterator[tuple[date, date]]:
    """First day and the day after the last of each stretch of work; the last ends yesterday."""
    first = begun
    while first < today:
        end = min(first + timedelta(days=183), today)
        yield first, end
        first = end
