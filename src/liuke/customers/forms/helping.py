"""Who is to help, with what, and until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.customers.models import Customer
from liuke.customers.queries.helping import could_help


class HelperForm(forms.Form):
    why = forms.CharField(label=_("Helps with"), max_length=200)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Empty: until somebody ends it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    percent = forms.IntegerField(
        label=_("Share of a sale, in percent"),
        required=False,
        min_value=0,
        max_value=99,
        help_text=_("Empty: what the firm gives helpers."),
    )

    def __init__(self, customer: Customer, data: Any = None) -> None:
        super().__init__(data)
        people: list[tuple[Any, Any]] = [("", _("Choose"))]
        people += [(each.pk, f"{each} · {each.role}") for each in could_help(customer)]
        self.fields["person_id"] = forms.TypedChoiceField(
            label=_("Colleague"), coerce=int, choices=people
        )
