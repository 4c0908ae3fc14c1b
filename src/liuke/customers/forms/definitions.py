"""What an administrator types: own fields with their lists, weights, and levels."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.customers.models import ProfileField
from liuke.customers.services import Entry, LevelEntry


class FieldForm(forms.ModelForm[ProfileField]):
    class Meta:
        model = ProfileField
        fields = ("name", "type", "applies", "help", "weight", "open", "low", "high")
        widgets = {"type": forms.Select(attrs={"data-choice": ""})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["weight"] = forms.IntegerField(
            label=self.fields["weight"].label,
            help_text=self.fields["weight"].help_text,
            min_value=0,
            max_value=10,
            initial=1,
        )
        if self.instance.pk:
            # The values would no longer be what was said.
            self.fields["type"].disabled = True

    def _post_clean(self) -> None:
        # The service judges the whole field; here it would judge it twice.
        pass


class BuiltInForm(forms.Form):
    """What a firm may change of a field that every firm has."""

    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=0,
        max_value=10,
        help_text=_("How much it counts for completeness, 0 to 10. With 0 nobody is asked for it."),
    )
    used = forms.BooleanField(label=_("We use this field"), required=False)


class EntryForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("list", "Entry"), max_length=40, required=False)
    archived = forms.BooleanField(label=_("No longer offered"), required=False)


class LevelForm(forms.Form):
    before = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=pgettext_lazy("level", "Name"), max_length=12, required=False)
    standard = forms.CharField(label=_("Service standard"), max_length=500, required=False)
    archived = forms.BooleanField(label=_("No longer offered"), required=False)


EntryFormSet = formset_factory(EntryForm, extra=3, max_num=200)
LevelFormSet = formset_factory(LevelForm, extra=2, max_num=30)


def entries_of(formset: BaseFormSet[EntryForm]) -> list[Entry]:
    """The lines that hold something, in their order."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data]
    return [
        Entry(row["name"], row["pk"], row["archived"]) for row in rows if row["pk"] or row["name"]
    ]


def level_entries_of(formset: BaseFormSet[LevelForm]) -> list[LevelEntry]:
    rows = [form.cleaned_data for form in formset if form.cleaned_data]
    return [
        LevelEntry(row["name"], row["standard"], row["before"], row["archived"])
        for row in rows
        if row["name"]
    ]
