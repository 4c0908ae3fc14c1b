"""Rules and spans of days in words."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liuke.churn.rules.kinds import (
    DaysWithoutOrder,
    FixedPeriod,
    MissedVisits,
    OwnRhythm,
    Rule,
)
from liuke.core.ui.figures import day_text

WEEKS_FROM = 21
MONTHS_FROM = 120
YEARS_FROM = 730


def habit(usual: int | None, last: date, today: date) -> str:
    """The customer's own habit, and how long ago the last purchase is."""
    absent = (today - last).days
    if absent == 0:
        return _("Bought today.")
    if usual:
        return _("Usually back every %(usual)s; last seen %(absent)s ago.") % {
            "usual": span_words(usual),
            "absent": span_words(absent),
        }
    return _("Last bought %(absent)s ago.") % {"absent": span_words(absent)}


def leaving(at_risk_at: date, lost_at: date, today: date) -> str:
    """Where a clock stands on a day."""
    if today >= lost_at:
        return _("Counts as lost since %(day)s.") % {"day": day_text(lost_at, today)}
    if today >= at_risk_at:
        return _("At risk since %(since)s; lost from %(lost)s unless they buy.") % {
            "since": day_text(at_risk_at, today),
            "lost": day_text(lost_at, today),
        }
    return _("Safe until %(day)s.") % {"day": day_text(at_risk_at - timedelta(days=1), today)}


def describe(rule: Rule) -> str:
    """What a rule says, in one sentence."""
    match rule:
        case MissedVisits():
            return _(
                "A visit is due every %(months)s months: %(risk)s missed means at risk, "
                "%(lost)s missed means lost."
            ) % {
                "months": rule.interval_months,
                "risk": rule.at_risk_after,
                "lost": rule.lost_after,
            }
        case DaysWithoutOrder():
            return _("At risk from %(risk)s days without an order, lost from %(lost)s days.") % {
                "risk": rule.at_risk,
                "lost": rule.lost,
            }
        case FixedPeriod():
            return _(
                "Counted in calendar %(period)s: %(risk)s missed means at risk, "
                "%(lost)s missed means lost."
            ) % {
                "period": period_names()[rule.months],
                "risk": rule.at_risk_after,
                "lost": rule.lost_after,
            }
        case OwnRhythm():
            return _rhythm(rule)


def _rhythm(rule: OwnRhythm) -> str:
    shares = {"risk": f"{rule.at_risk_q:.0%}", "lost": f"{rule.lost_q:.0%}"}
    if rule.learned is None:
        return _(
            "By the customer's own rhythm (%(risk)s, %(lost)s), once enough purchases show one; "
            "until then at risk from %(days)s days and lost from %(lost_days)s."
        ) % {**shares, "days": rule.segment_at_risk, "lost_days": rule.segment_lost}
    return _(
        "By the customer's own rhythm: at risk once the wait is longer than %(risk)s of the waits "
        "of a customer like this who comes back, lost from %(lost)s. Learned from %(gaps)s gaps."
    ) % {**shares, "gaps": f"{rule.segment_gaps:,}"}


def period_names() -> dict[int, str]:
    return {1: _("months"), 3: _("quarters"), 6: _("half-years"), 12: _("years")}


def span_words(days: int) -> str:
    """A number of days as people say it: 12 days, 6 weeks, 5 months, 3 years."""
    if days < WEEKS_FROM:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < MONTHS_FROM:
        weeks = round(days / 7)
        return ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
    if days < YEARS_FROM:
        months = round(days / 30.44)
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
