"""What somebody says about a case: a claim, a decision, an appeal, the days that decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.ownership.rules.conflicts import Terms, Verdict


class ClaimForm(forms.Form):
    claim = forms.CharField(
        label=_("What speaks for it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Contacts and records are found by themselves. Say what is not in them."),
    )


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    percent = forms.IntegerField(
        label=_("Share of who helps, in percent"),
        required=False,
        min_value=0,
        max_value=99,
        help_text=_("Only if the other one helps. Empty: what the firm gives helpers."),
    )
    why = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Both read it."),
    )


class AppealForm(forms.Form):
    why = forms.CharField(
        label=_("Why is the decision wrong?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TermsForm(forms.Form):
    protection = forms.IntegerField(
        label=_("Days of protection"),
        min_value=1,
        max_value=365,
        help_text=_("Who recorded a customer first has to speak to it within these days."),
    )
    silent = forms.IntegerField(
        label=_("Days of silence"),
        min_value=1,
        max_value=3650,
        help_text=_("An owner who was silent for longer gives way to who spoke to the customer."),
    )
    appeal = forms.IntegerField(label=_("Days to appeal"), min_value=1, max_value=365)
    helper_percent = forms.IntegerField(
        label=_("Share of who helps, in percent"),
        min_value=0,
        max_value=50,
        help_text=_("Of each sale, unless somebody says otherwise. The rest is the owner's."),
    )

    def __init__(self, terms: Terms, data: Any = None) -> None:
        names = ("protection", "silent", "appeal", "helper_percent")
        super().__init__(data, initial={name: getattr(terms, name) for name in names})

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)
