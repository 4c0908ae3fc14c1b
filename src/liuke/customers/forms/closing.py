"""Why somebody is set aside, and when to try again."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from liuke.core import clock
from liuke.customers.rules.closing import MONTHS, CloseReason, months_later


class CloseForm(forms.Form):
    """One form for one customer and for many."""

    reason = forms.ChoiceField(label=_("Why?"), choices=CloseReason.choices)
    note = forms.CharField(label=_("In their words"), max_length=200, required=False)
    again = forms.TypedChoiceField(
        label=_("Try again"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        months = [
            (str(n), ngettext("in %(n)s month", "in %(n)s months", n) % {"n": n}) for n in MONTHS
        ]
        self.fields["again"].choices = [("", _("Never")), *months]  # type: ignore[attr-defined]

    def until(self) -> date | None:
        """The day to try again."""
        months: int | None = self.cleaned_data["again"]
        return None if months is None else months_later(clock.today(), months)
