from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.customers.services.merge_runs import LOWEST


class MergeRunForm(forms.Form):
    least = forms.FloatField(
        label=_("Merge pairs from this probability on (%)"),
        min_value=LOWEST * 100,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )
    # The number of pairs that the person saw.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
