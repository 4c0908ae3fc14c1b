"""What is due, in words: why, what to do, and when. The figures come with the item."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.churn.rules.wording import habit, leaving, span_words
from liuke.core.ui.figures import day_text
from liuke.followups.rules import Situation
from liuke.ownership.rules.assigning import sentence

ICONS = {
    Kind.NEXT_STEP: "flag",
    Kind.CONTACT: "phone",
    Kind.AT_RISK: "alert-triangle",
    Kind.LOST: "door-exit",
    Kind.POOL: "clock-pause",
    Kind.HANDED: "arrow-forward-up",
    Kind.ASKED: "message",
}


def why(item: AgendaItem, today: date) -> str:
    """The sentence of an item: the customer's own habit or words first, then what follows."""
    facts = item.why
    if item.kind == Kind.NEXT_STEP:
        parts = [_agreed(facts, today)]
    elif item.kind == Kind.CONTACT:
        parts = [_cadence(facts, today)]
    elif item.kind == Kind.POOL:
        parts = [_to_pool(facts, today)]
    elif item.kind == Kind.HANDED:
        parts = [_handed(facts)]
    elif item.kind == Kind.ASKED:
        parts = [
            _("%(name)s asks: “%(words)s”") % {"name": facts["asker"], "words": facts["words"]}
        ]
    else:
        parts = [
            habit(facts["usual"], _day(facts["last"]), today),
            leaving(_day(facts["at_risk_at"]), _day(facts["lost_at"]), today),
        ]
    if left_open := facts.get("left_open"):
        parts.append(_("Still open: %(what)s.") % {"what": left_open.rstrip("。.")})
    if attempts := facts.get("attempts"):
        parts.append(
            ngettext("%(n)d call unanswered.", "%(n)d calls unanswered.", attempts)
            % {"n": attempts}
        )
    return _joined(parts)


def act(item: AgendaItem) -> str:
    """What is suggested. It advises; the person on the telephone decides."""
    if item.kind == Kind.NEXT_STEP:
        return _("Do what was agreed, then write down what they say.")
    if item.kind == Kind.AT_RISK:
        return _("Ask how things are and why they did not come; offer a day.")
    if item.kind == Kind.LOST:
        return _("Ask what went wrong, in their own words. Listen first, no offer yet.")
    if item.kind == Kind.POOL:
        return _("Contact them, extend once with a reason, or let them go.")
    if item.kind == Kind.HANDED and "rule" in item.why:
        return _("Introduce yourself and find out what they need.")
    if item.kind == Kind.HANDED:
        return _("Read the briefing, then introduce yourself.")
    if item.kind == Kind.ASKED:
        return _("Answer in a sentence. Your colleague does not see the customer.")
    return {
        Situation.NEW: _("Ask whether everything is right since the last visit."),
        Situation.OLDER: _("Say hello; ask how it runs and what is coming up."),
        Situation.INTENT: _("Ask what is still missing for a decision."),
        Situation.POTENTIAL: _("Find out what they need."),
        Situation.AWAY: _("Ask how they are. No offer before you know why they left."),
    }[Situation(item.why["situation"])]


def due_words(item: AgendaItem, today: date) -> tuple[str, str]:
    """When it is due, and "lost" where something that was agreed is overdue."""
    day = item.snoozed_until or item.due_on
    late = (today - item.due_on).days
    if item.kind == Kind.NEXT_STEP and late > 0:
        return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}, "lost"
    if day <= today:
        return _("Today"), ""
    return day_text(day, today), ""


def _to_pool(facts: Mapping[str, Any], today: date) -> str:
    words = _("Last spoken to %(ago)s ago; goes to “%(pool)s” on %(day)s.")
    if facts["manager"]:
        words = _("The owner stayed silent for %(ago)s; goes to “%(pool)s” on %(day)s.")
    return words % {
        "ago": span_words((today - _day(facts["last"])).days),
        "pool": facts["pool"],
        "day": day_text(_day(facts["pool_at"]), today),
    }


def _handed(facts: Mapping[str, Any]) -> str:
    if rule := facts.get("rule"):
        return _("New to you by %(why)s.") % {"why": sentence(rule)}
    return _("New to you from %(name)s.") % {"name": facts["before"]}


def _agreed(facts: Mapping[str, Any], today: date) -> str:
    step = facts["step"].rstrip("。.") or _("contact them again")
    return _("Agreed on %(day)s: %(step)s.") % {
        "day": day_text(_day(facts["on"]), today),
        "step": step,
    }


def _cadence(facts: Mapping[str, Any], today: date) -> str:
    situation = Situation(facts["situation"])
    every = span_words(facts["every"])
    last = facts["last"] and span_words((today - _day(facts["last"])).days)
    if situation == Situation.NEW:
        bought = span_words((today - _day(facts["bought"])).days)
        return _("Bought %(bought)s ago; in the first weeks we ask every %(every)s.") % {
            "bought": bought,
            "every": every,
        }
    if situation == Situation.INTENT:
        return _("Showed interest, and nothing is agreed; last spoken to %(last)s ago.") % {
            "last": last
        }
    if last is None:
        return _("Nobody has spoken to them yet; due every %(every)s.") % {"every": every}
    if situation == Situation.AWAY:
        return _("Lost; last spoken to %(last)s ago, due every %(every)s.") % {
            "last": last,
            "every": every,
        }
    return _("Last spoken to %(last)s ago, due every %(every)s.") % {"last": last, "every": every}


def _joined(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text = _("%(one)s %(next)s") % {"one": text, "next": part}
    return text


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
