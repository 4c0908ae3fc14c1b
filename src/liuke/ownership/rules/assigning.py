"""Who gets a customer that nobody has: rules in order, and why. No database, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from liuke.core.text import normalise
from liuke.customers.rules import Kind


class Pick(models.TextChoices):
    """How one of several is chosen."""

    LOAD = "load", gettext_lazy("Whoever has fewest customers")
    TURN = "turn", gettext_lazy("One after the other")


# What a rule may ask of a customer, in the order in which its sentence says it.
CONDITIONS: Mapping[str, Any] = {
    "branches": gettext_lazy("Branch"),
    "regions": gettext_lazy("Region"),
    "kinds": gettext_lazy("Kind"),
    "levels": gettext_lazy("Level"),
    "interests": gettext_lazy("Product or brand"),
    "languages": gettext_lazy("Language"),
    "tags": gettext_lazy("Tag"),
    "sources": gettext_lazy("Source"),
}
# Regions stand somewhere in an address, products in a longer name.
WITHIN = frozenset({"regions", "interests", "sources"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules ask of a customer: for each condition what the customer says to it."""

    pk: int
    level: str = ""
    owner_id: int | None = None
    said: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Worker:
    """Somebody who may get customers: how many they have, and how many more they take."""

    pk: int
    name: str = ""
    live: int = 0
    room: int | None = None
    room_of: dict[str, int] = field(default_factory=dict)
    workload: int = 100
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def takes(self, level: str) -> bool:
        """Whether one more of this level stays within every limit."""
        limits = (self.room, self.room_of.get(level))
        return self.workload > 0 and all(limit is None or limit > 0 for limit in limits)

    def move(self, level: str, by: int) -> None:
        """One customer comes (1) or goes (-1)."""
        self.live += by
        if self.room is not None:
            self.room -= by
        if level in self.room_of:
            self.room_of[level] -= by


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule: what it asks of customers, who may get them, and how one of these is chosen."""

    pk: int
    name: str
    conditions: Mapping[str, Sequence[Any]]
    people: Sequence[int]
    pick: str = Pick.LOAD
    skills: Sequence[str] = ()
    speaks: bool = False
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Who gets a customer, by which rule, and why."""

    to: int
    rule: int
    why: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """Customer → who gets it; rule → whose turn it was last; and whom every rule left alone."""

    given: Mapping[int, Given]
    turns: Mapping[int, int]
    left: Sequence[int]


def key_of(word: object) -> Any:
    """Words are compared as people read them, ids as they are."""
    return normalise(word) if isinstance(word, str) else word


def fitting(conditions: Mapping[str, Sequence[Any]], traits: Traits) -> dict[str, Any] | None:
    """Which word of each condition the customer fulfils; None when one fits nowhere."""
    met = {}
    for name in CONDITIONS:
        wanted = conditions.get(name)
        if not wanted:
            continue
        said = [key_of(each) for each in traits.said.get(name, ())]
        found = next((each for each in wanted if _said(name, key_of(each), said)), None)
        if found is None:
            return None
        met[name] = found
    return met


def _said(name: str, wanted: Any, said: Sequence[Any]) -> bool:
    if name in WITHIN:
        return any(wanted in each for each in said)
    return wanted in said


def assign(
    customers: Iterable[Traits], rules: Sequence[Terms], workers: Mapping[int, Worker]
) -> Plan:
    """Each customer goes by the first rule that fits and has somebody free.

    The same customers, rules and people always give the same; `workers` are used up.
    """
    given: dict[int, Given] = {}
    left: list[int] = []
    turns = {rule.pk: rule.last for rule in rules if rule.last is not None}
    people = {rule.pk: _able(rule, workers) for rule in rules}
    everybody = list(customers)
    for each in everybody:
        _had(each, workers, -1)
    for each in everybody:
        found = _first(each, rules, people, turns)
        if found is None:
            left.append(each.pk)
            _had(each, workers, 1)
            continue
        given[each.pk] = found
        workers[found.to].move(each.level, 1)
        turns[found.rule] = found.to
    return Plan(given, turns, left)


def _had(traits: Traits, workers: Mapping[int, Worker], by: int) -> None:
    """While nobody has decided, the present owner does not have the customer."""
    if traits.owner_id is not None and traits.owner_id in workers:
        workers[traits.owner_id].move(traits.level, by)


def _able(rule: Terms, workers: Mapping[int, Worker]) -> list[Worker]:
    skills = {key_of(skill) for skill in rule.skills}
    found = [workers[pk] for pk in sorted(set(rule.people)) if pk in workers]
    return [each for each in found if skills <= each.skills]


def _first(
    traits: Traits,
    rules: Sequence[Terms],
    people: Mapping[int, Sequence[Worker]],
    turns: Mapping[int, int],
) -> Given | None:
    for rule in rules:
        met = fitting(rule.conditions, traits)
        if met is None:
            continue
        able = [each for each in people[rule.pk] if each.takes(traits.level)]
        why: dict[str, Any] = {"rule": rule.name, "met": met, "pick": str(rule.pick)}
        if rule.skills:
            why["skills"] = list(rule.skills)
        asked = traits.said.get("languages", ())
        if rule.speaks and asked:
            spoken = {key_of(word): word for word in asked}
            able = [each for each in able if each.languages & set(spoken)]
        if not able:
            continue
        to = _chosen(rule, able, turns.get(rule.pk))
        if rule.speaks and asked:
            why["speaks"] = next(word for key, word in spoken.items() if key in to.languages)
        if len(able) == 1:
            why["pick"] = "only"
        elif rule.pick == Pick.LOAD:
            why["live"] = to.live
        return Given(to.pk, rule.pk, why)
    return None


def _chosen(rule: Terms, able: Sequence[Worker], last: int | None) -> Worker:
    """Somebody who works half the time has as many as another one with twice as many."""
    if rule.pick == Pick.TURN:
        return next((each for each in able if last is None or each.pk > last), able[0])
    return min(able, key=lambda each: (each.live / each.workload, each.live, each.pk))


def sentence(why: Mapping[str, Any]) -> str:
    """Why somebody got a customer, as it is read; `why` is what was kept at the time."""
    if "among" in why:
        return ngettext(
            "shared out evenly among %(n)s person", "shared out evenly among %(n)s people",
            why["among"],
        ) % {"n": why["among"]}  # fmt: skip
    # A database keeps no order of names.
    met = [(name, why["met"][name]) for name in CONDITIONS if name in why["met"]]
    parts = [f"{CONDITIONS[name]} {word_text(name, word)}" for name, word in met]
    if skills := why.get("skills"):
        parts.append(_("can do %(what)s") % {"what": _list(skills)})
    if speaks := why.get("speaks"):
        parts.append(_("speaks %(language)s") % {"language": speaks})
    if why["pick"] == Pick.LOAD:
        parts.append(_("fewest customers (%(n)s)") % {"n": why["live"]})
    elif why["pick"] == Pick.TURN:
        parts.append(_("whose turn it was"))
    else:
        parts.append(_("the only one free"))
    said = {"rule": why["rule"], "because": _list(parts)}
    return _("rule “%(rule)s”: %(because)s") % said


def word_text(name: str, word: Any) -> str:
    """A word of a condition as people read it; a branch has its name already."""
    return str(Kind(word).label) if name == "kinds" and word in Kind else str(word)


def _list(parts: Collection[str]) -> str:
    return pgettext("list", ", ").join(parts)
