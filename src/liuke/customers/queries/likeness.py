"""Who is recorded already, while somebody types: keys first, then names that are alike."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.core import search, text
from liuke.customers.linkage import alike, company_core, person_core
from liuke.customers.models import ContactPoint, Customer
from liuke.customers.queries import PHONES, SEARCH_KIND
from liuke.customers.queries.duplicates import Known, is_number, known
from liuke.customers.rules import Kind, kind_of

CANDIDATES = 60
SHOWN = 5
SHORTEST_NAME = 2
# What a reason is worth against others: an order, not a measurement.
WEIGHT = {
    "credit_code": 9,
    "code": 9,
    "mobile": 6,
    "email": 5,
    "name": 3,
    "sound": 2,
    "spelling": 2,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far of a customer; contact points as (kind, value)."""

    name: str = ""
    code: str = ""
    credit_code: str = ""
    points: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A customer that may be the one typed, and why."""

    known: Known
    reasons: Sequence[str]

    @property
    def words(self) -> list[str]:
        return [word_of(reason) for reason in self.reasons]


def word_of(reason: str, how: str = "same") -> str:
    """A reason as people read it."""
    words = {
        "credit_code": _("same credit code"),
        "id_number": _("same credit code"),
        "code": _("same customer number"),
        "mobile": _("same phone"),
        "email": _("same e-mail"),
        "company": _("same name"),
        "name": _("same name"),
        "address": _("same address"),
        "birth_date": _("same birth date"),
        "sound": _("name sounds the same"),
        "spelling": _("similar name"),
    }
    near = {
        "id_number": _("similar credit code"),
        "mobile": _("similar phone"),
        "email": _("similar e-mail"),
        "company": _("similar name"),
        "name": _("similar name"),
        "birth_date": _("similar birth date"),
    }
    return near.get(reason, words[reason]) if how == "near" else words[reason]


def matches(viewer: User, typed: Typed, without: int | None = None) -> list[Match]:
    """Who may be the customer that is typed, the likeliest first, wherever they belong."""
    reasons: dict[int, set[str]] = defaultdict(set)
    for reason, ids in _by_key(typed).items():
        for pk in ids:
            reasons[pk].add(reason)
    for pk, reason in _by_name(typed).items():
        reasons[pk].add(reason)
    reasons.pop(without or 0, None)
    ranked = sorted(reasons, key=lambda pk: (-sum(WEIGHT[why] for why in reasons[pk]), pk))[:SHOWN]
    found = known(viewer, ranked)
    return [
        Match(found[pk], sorted(reasons[pk], key=lambda why: -WEIGHT[why]))
        for pk in ranked
        if pk in found
    ]


def holders_of(values: Collection[str]) -> dict[str, list[int]]:
    """Normalised number or address → customers that have it, set-wise, for files.

    The caller keeps to one chunk of values.
    """
    found: dict[str, list[int]] = defaultdict(list)
    rows = ContactPoint.objects.filter(normalised__in=values).order_by("customer")
    for value, pk in rows.values_list("normalised", "customer"):
        found[value].append(pk)
    return dict(found)


def _by_key(typed: Typed) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name in ("code", "credit_code"):
        if value := getattr(typed, name).strip():
            same = Customer.objects.filter(**{name: value})
            found[name] = list(same.values_list("pk", flat=True))
    numbers = {text.phone(value) for kind, value in typed.points if kind in PHONES}
    numbers = {number for number in numbers if is_number(number)}
    mails = {
        text.normalise(value)
        for kind, value in typed.points
        if kind == ContactPoint.Kind.EMAIL and "@" in value
    }
    for name, values in (("mobile", numbers), ("email", mails)):
        if values:
            rows = ContactPoint.objects.filter(normalised__in=values)
            found[name] = list(rows.values_list("customer", flat=True)[:CANDIDATES])
    return found


def _by_name(typed: Typed) -> dict[int, str]:
    name = text.normalise(typed.name)
    if len(name) < SHORTEST_NAME:
        return {}
    rows: dict[int, str] = {}
    for core in {person_core(name), company_core(name)}:
        for tokens in _questions(core):
            matching = search.Matching(SEARCH_KIND, tokens)
            found = Customer.objects.filter(pk__in=matching).values_list("pk", "name")
            rows |= dict(found[:CANDIDATES])
    reasons = {pk: _how(name, text.normalise(other)) for pk, other in rows.items()}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _how(name: str, other: str) -> str:
    organization = Kind.ORGANIZATION in (kind_of(name), kind_of(other))
    core_of = company_core if organization else person_core
    one, two = core_of(name), core_of(other)
    how = alike(one, two)
    if how == "same":
        return "name"
    return "sound" if one and _sound(one) == _sound(two) else how


def _sound(core: str) -> str:
    return text.sort_key(core).replace(" ", "")


def _questions(core: str) -> list[tuple[str, ...]]:
    """Few-worded questions to the search index; a slip leaves one half of a name as it is."""
    tokens = text.query_tokens(core)
    if not tokens:
        return []
    questions = [tuple(tokens)]
    if len(tokens) > 2:
        half = len(tokens) // 2
        questions += [tuple(tokens[:half]), tuple(tokens[-half:])]
    elif len(core) > text.SHORT and core.isascii():
        questions += [(core[: text.SHORT],)]
    sound = _sound(core)[: text.LONG]
    if sound != core:
        questions.append((sound,))
    return questions
