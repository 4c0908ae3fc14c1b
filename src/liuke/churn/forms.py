"""Parsing and validating a churn rule; saving is a service's work."""

from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.churn.models import ChurnRule
from liuke.churn.rules import kinds

KIND_CHOICES = [
    (kinds.MissedVisits.kind, _("Missed visits")),
    (kinds.DaysWithoutOrder.kind, _("Days without order")),
    (kinds.FixedPeriod.kind, _("Calendar periods")),
    (kinds.OwnRhythm.kind, _("The customer's own rhythm")),
]
KIND_HINTS = {
    kinds.MissedVisits.kind: _("For workshops and anyone who services on a schedule."),
    kinds.DaysWithoutOrder.kind: _("For wholesale and regular orders."),
    kinds.FixedPeriod.kind: _("For business that comes once a season or year."),
    kinds.OwnRhythm.kind: _("For shops and services where everyone has their own habits."),
}
PERIODS = [
    (1, pgettext_lazy("period", "Month")),
    (3, _("Quarter")),
    (6, _("Half-year")),
    (12, _("Year")),
]


class RuleForm(forms.Form):
    """Every kind's numbers in one form; only those of the chosen kind count."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("How customers leave"), choices=KIND_CHOICES)

    visits_interval_months = forms.IntegerField(
        label=_("A visit is due every … months"), required=False
    )
    visits_at_risk_after = forms.IntegerField(label=_("At risk after … missed"), required=False)
    visits_lost_after = forms.IntegerField(label=_("Lost after … missed"), required=False)

    days_at_risk = forms.IntegerField(label=_("At risk from … days"), required=False)
    days_lost = forms.IntegerField(label=_("Lost from … days"), required=False)
    days_expected = forms.IntegerField(
        label=_("Expected after … days"),
        required=False,
        help_text=_("May stay empty; then the clock shows two dates."),
    )

    period_months = forms.TypedChoiceField(
        label=_("Period"), choices=PERIODS, coerce=int, required=False
    )
    period_at_risk_after = forms.IntegerField(label=_("At risk after … missed"), required=False)
    period_lost_after = forms.IntegerField(label=_("Lost after … missed"), required=False)

    rhythm_expected_q = forms.FloatField(
        label=_("Expected"),
        required=False,
        help_text=_("0.5: half of a customer's waits are over by then."),
    )
    rhythm_at_risk_q = forms.FloatField(
        label=_("At risk"),
        required=False,
        help_text=_("0.9: who is still there is back by then nine times in ten."),
    )
    rhythm_lost_q = forms.FloatField(
        label=_("Lost"), required=False, help_text=_("0.98: 49 times in 50.")
    )
    restate = forms.BooleanField(
        label=_("Also recalculate past months"),
        required=False,
        help_text=_(
            "Normally a rule decides from today on and months that are over stay as they were."
        ),
    )

    @classmethod
    def showing(cls, rule: ChurnRule | None, content: kinds.Rule | None) -> "RuleForm":
        """An unbound form with a rule's numbers, and every other kind's defaults."""
        initial: dict[str, Any] = {"name": rule.name if rule else ""}
        initial["kind"] = content.kind if content else kinds.MissedVisits.kind
        for kind, made in kinds.KINDS.items():
            shown = content if content is not None and content.kind == kind else made()
            initial |= {f"{kind}_{name}": value for name, value in kinds.params_of(shown).items()}
        return cls(initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind is None:
            return data
        known = {field.name for field in fields(kinds.KINDS[kind])}
        given = {
            name: data.get(f"{kind}_{name}") for name in known if f"{kind}_{name}" in self.fields
        }
        optional = {"expected"}
        for name in sorted(given):
            if given[name] is None and name not in optional and f"{kind}_{name}" not in self.errors:
                self.add_error(f"{kind}_{name}", _now("Enter a number."))
        if not self.errors:
            try:
                data["content"] = kinds.build(kind, given)
            except kinds.RuleError as problem:
                self.add_error(
                    f"{kind}_{problem.field}",
                    _now("This must be %(wanted)s.") % {"wanted": self._readable(problem.wanted)},
                )
        return data

    def groups(self) -> list[dict[str, Any]]:
        """Each kind with its fields, for the screen."""
        chosen = self["kind"].value()
        return [
            {
                "kind": kind,
                "label": label,
                "hint": KIND_HINTS[kind],
                "chosen": kind == chosen,
                "fields": [self[name] for name in self.fields if name.startswith(f"{kind}_")],
            }
            for kind, label in KIND_CHOICES
        ]

    def _readable(self, wanted: str) -> str:
        """`> at_risk` with the word that stands at that field."""
        sign, _space, name = wanted.partition(" ")
        if sign not in "<>" or not name:
            return wanted
        words = {"<": _now("less than “%(field)s”"), ">": _now("more than “%(field)s”")}
        label = next(
            (field.label for key, field in self.fields.items() if key.endswith(f"_{name}")), name
        )
        return words[sign] % {"field": label}
