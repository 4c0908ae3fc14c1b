"""What rules of assignment ask: of customers, of people, and whom they would give to whom."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext, pgettext

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import people_within, units_above
from liuke.accounts.rules import Act
from liuke.core import clock
from liuke.core.ui.figures import number_text
from liuke.customers.models import Asset, ContactPoint, Customer, CustomerState, FieldValue, Tag
from liuke.customers.queries import visible_to
from liuke.customers.queries.contacts import own_points
from liuke.ownership.models import AssignmentRule, Pool
from liuke.ownership.rules import Portion
from liuke.ownership.rules.assigning import (
    CONDITIONS,
    Terms,
    Traits,
    Worker,
    assign,
    key_of,
    sentence,
    word_text,
)

CHUNK = 500
# So many customers without an owner are looked through for a preview, the newest first.
MOST = 10_000
SHOWN = 10
INTERESTS = ("needs", "brands_now", "brands_wanted")
LANGUAGES = "languages"


def rules() -> list[AssignmentRule]:
    """Every rule in its order, with whom it gives to."""
    return list(AssignmentRule.objects.select_related("unit").prefetch_related("people"))


def terms(rows: Iterable[AssignmentRule]) -> list[Terms]:
    """Those in use, with the people behind their units."""
    used = [row for row in rows if row.active]
    of_unit = people_within([row.unit_id for row in used if row.unit_id is not None])
    return [terms_of(row, [each.pk for each in row.people.all()], of_unit) for row in used]


def terms_of(
    row: AssignmentRule, people: Sequence[int], of_unit: Mapping[int, Sequence[int]]
) -> Terms:
    """One rule as it is carried out."""
    return Terms(
        row.pk or 0,
        row.name,
        row.conditions,
        [*people, *of_unit.get(row.unit_id or 0, ())],
        row.pick,
        row.skills,
        row.speaks,
        row.last,
    )


def receivers() -> QuerySet[User]:
    """Everybody who works with customers; a rule may name them."""
    people = User.objects.filter(is_active=True, role__grants__has_key=Act.FOLLOW_UP.value)
    return people.select_related("role", "unit").order_by("name")


def workers(people: Iterable[User]) -> dict[int, Worker]:
    """These people with how many live customers each has, and what limits leave them."""
    found = list(people)
    ids = [each.pk for each in found]
    live, owned = _live(ids), _owned(ids)
    pools = list(Pool.objects.all())
    above = units_above({each.unit_id for each in found if each.unit_id is not None})
    return {
        each.pk: _worker(
            each, live[each.pk], owned[each.pk],
            [pool for pool in pools if pool.branch_id in (None, *above.get(each.unit_id or 0, ()))],
        )
        for each in found
    }  # fmt: skip


def _worker(person: User, live: int, owned: Counter[str], pools: Sequence[Pool]) -> Worker:
    """What a pool lets somebody own at most counts as well, whatever way customers come."""
    most = [person.most_customers, *(pool.most_owned for pool in pools)]
    limits = [limit for limit in most if limit is not None]
    room_of: dict[str, int] = {}
    for pool in pools:
        for level, limit in pool.most_by_level.items():
            room_of[level] = min(room_of.get(level, limit), limit)
    return Worker(
        person.pk,
        person.name,
        live,
        min(limits) - owned.total() if limits else None,
        {level: limit - owned[level] for level, limit in room_of.items()},
        person.workload,
        frozenset(map(key_of, person.skills)),
        frozenset(map(key_of, person.languages)),
    )


def _live(people: Collection[int]) -> Counter[int]:
    """Person → customers who are not lost: the others make no work any more."""
    alive = Q(lost_at=None) | Q(lost_at__gt=clock.today())
    rows = CustomerState.objects.filter(alive, owner__in=people).order_by()
    return Counter(dict(rows.values_list("owner").annotate(n=Count("pk"))))


def _owned(people: Collection[int]) -> defaultdict[int, Counter[str]]:
    """Person → level → customers."""
    rows = Customer.objects.filter(owner__in=people).order_by()
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for pk, level, n in rows.values_list("owner", "level").annotate(n=Count("pk")):
        if pk is not None:
            found[pk][level] = n
    return found


def traits(customer_ids: Iterable[int]) -> list[Traits]:
    """What rules ask of these customers, in their order; six reads for each chunk."""
    ids = list(customer_ids)
    found = []
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        known = _traits(chunk)
        found += [known[pk] for pk in chunk if pk in known]
    return found


def _traits(ids: Sequence[int]) -> dict[int, Traits]:
    said: dict[int, dict[str, list[Any]]] = {pk: defaultdict(list) for pk in ids}
    points = own_points().filter(customer__in=ids, kind=ContactPoint.Kind.ADDRESS).order_by("pk")
    for pk, address in points.values_list("customer", "value"):
        said[pk]["regions"].append(address)
    for pk, name in Tag.objects.filter(customers__in=ids).values_list("customers", "name"):
        said[pk]["tags"].append(name)
    for pk, name in (
        Asset.objects.filter(customer__in=ids, retired_on=None)
        .order_by("pk")
        .values_list("customer", "name")
    ):
        said[pk]["interests"].append(name)
    values = FieldValue.objects.filter(
        customer__in=ids, field__key__in=(*INTERESTS, LANGUAGES), choice__isnull=False
    ).order_by("pk")
    for pk, key, word in values.values_list("customer", "field__key", "choice__name"):
        said[pk]["languages" if key == LANGUAGES else "interests"].append(word)
    rows = Customer.objects.filter(pk__in=ids).values_list(
        "pk", "level", "owner", "branch", "kind", "source"
    )
    found = {}
    for pk, level, owner, branch, kind, source in rows:
        mine = said[pk]
        mine["levels"], mine["kinds"] = [level], [kind]
        mine["branches"] = [branch] if branch is not None else []
        mine["sources"] = [source] if source else []
        found[pk] = Traits(pk, level, owner, mine)
    return found


def waiting() -> QuerySet[Customer]:
    """Customers whom nobody has and who wait in no pool: rules are for them."""
    return Customer.objects.filter(owner=None, state__pool=None)


def waiting_for(viewer: User) -> QuerySet[Customer]:
    """Those of them whom this person may give away."""
    return waiting().filter(pk__in=visible_to(viewer, Act.ASSIGN).values("pk"))


@dataclass(frozen=True, slots=True)
class Described:
    """A rule in words."""

    rule: AssignmentRule
    conditions: Sequence[tuple[str, str]]
    people: Sequence[str]
    able: int


def described() -> list[Described]:
    """Every rule in its order: what it asks, and whom it gives to."""
    rows, units, known = rules(), unit_names(), {each.pk: each for each in receivers()}
    of_unit = people_within([row.unit_id for row in rows if row.unit_id is not None])
    found = []
    for row in rows:
        named_people = list(row.people.all())
        them = {each.pk for each in named_people} | set(of_unit.get(row.unit_id or 0, ()))
        names = [str(each) for each in named_people]
        if row.unit is not None:
            names.append(row.unit.name)
        asked = [
            (str(label), [shown(name, word, units) for word in row.conditions[name]])
            for name, label in CONDITIONS.items()
            if row.conditions.get(name)
        ]
        joined = [(label, pgettext("list", ", ").join(them)) for label, them in asked]
        found.append(Described(row, joined, names, len(them & set(known))))
    return found


def shown(name: str, word: Any, units: Mapping[int, str]) -> str:
    """A word of a condition as people read it."""
    if name == "branches":
        return units.get(word, "—")
    return word_text(name, word)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would get of those without an owner now, were it saved as it is."""

    looked: int
    more: bool
    count: int
    shares: Sequence[tuple[User, int]]
    first: Sequence[tuple[Customer, User, str]]
    hidden: int
    other: int


def preview(viewer: User, rule: AssignmentRule, people: Sequence[int]) -> Preview:
    """Whom this rule would give to whom, beside the others; names only within sight."""
    ids = list(waiting().order_by("-pk").values_list("pk", flat=True)[: MOST + 1])
    others = terms(AssignmentRule.objects.exclude(pk=rule.pk).prefetch_related("people"))
    of_unit = people_within([rule.unit_id] if rule.unit_id is not None else [])
    mine = terms_of(rule, people, of_unit)
    places = dict(AssignmentRule.objects.values_list("pk", "place"))
    last = max(places.values(), default=0) + 1
    ordered = sorted([*others, mine], key=lambda each: (places.get(each.pk, last), each.pk))
    known = {each.pk: each for each in receivers()}
    plan = assign(traits(sorted(ids[:MOST])), ordered, workers(known.values()))
    got = {pk: given for pk, given in plan.given.items() if given.rule == mine.pk}
    counts = Counter(given.to for given in got.values())
    seen = _seen(viewer, sorted(got))
    units = unit_names()
    return Preview(
        min(len(ids), MOST),
        len(ids) > MOST,
        len(got),
        [(known[pk], n) for pk, n in counts.most_common()],
        [
            (row, known[got[row.pk].to], sentence(named(got[row.pk].why, units)))
            for row in Customer.objects.filter(pk__in=seen[:SHOWN]).order_by("pk")
        ],
        len(got) - len(seen),
        len(plan.given) - len(got),
    )


def by_rules(customer_ids: Iterable[int], people: Collection[User]) -> dict[int, int]:
    """Customer → whom of these people the rules choose; nothing moves."""
    rows = AssignmentRule.objects.prefetch_related("people")
    plan = assign(traits(customer_ids), terms(rows), workers(people))
    return {pk: given.to for pk, given in plan.given.items()}


def owners_of(customer_ids: Iterable[int]) -> dict[int, int | None]:
    """Customer → whose it is."""
    found: dict[int, int | None] = {}
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= rows.values_list("pk", "owner")
    return found


def portions_of(customer_ids: Sequence[int]) -> list[Portion]:
    """These customers as they are shared out."""
    found = []
    for start in range(0, len(customer_ids), CHUNK):
        rows = Customer.objects.filter(pk__in=customer_ids[start : start + CHUNK])
        values = rows.order_by("pk").values_list("pk", "state__value_year", "level", "branch")
        found += [
            Portion(pk, value or Decimal(), level, branch) for pk, value, level, branch in values
        ]
    return found


def has_rules() -> bool:
    return AssignmentRule.objects.filter(active=True).exists()


def left_words(left: int) -> str:
    """That some stay as they are."""
    said = ngettext(
        "%(n)s stays: no rule fits, or nobody has room.",
        "%(n)s stay: no rule fits, or nobody has room.",
        left,
    )
    return said % {"n": number_text(left)}


def unit_names() -> dict[int, str]:
    return dict(Unit.objects.values_list("pk", "name"))


def named(why: Mapping[str, Any], units: Mapping[int, str]) -> dict[str, Any]:
    """A reason that can be read when the branch has another name, or is gone."""
    met = dict(why["met"])
    if "branches" in met:
        met["branches"] = units.get(met["branches"], "—")
    return {**why, "met": met}


def _seen(viewer: User, ids: Sequence[int]) -> list[int]:
    rows = visible_to(viewer)
    return [
        pk
        for start in range(0, len(ids), CHUNK)
        for pk in rows.filter(pk__in=ids[start : start + CHUNK])
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
