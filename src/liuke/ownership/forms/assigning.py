"""Parsing rules of assignment; saving is a service's work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.forms import WordsField
from liuke.accounts.models import Unit, User
from liuke.customers.queries.fields import levels
from liuke.customers.rules import Kind
from liuke.ownership.models import AssignmentRule
from liuke.ownership.queries.assigning import receivers
from liuke.ownership.rules.assigning import CONDITIONS, Pick

CHOSEN = ("branches", "kinds", "levels")


class RuleForm(forms.ModelForm[AssignmentRule]):
    """Which customers, and who gets them; an empty condition does not matter."""

    branches = forms.TypedMultipleChoiceField()
    kinds = forms.MultipleChoiceField(
        label=CONDITIONS["kinds"], choices=Kind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    levels = forms.MultipleChoiceField()
    regions = WordsField(
        label=CONDITIONS["regions"], help_text=_("Words in the address, as Shanghai, Pudong.")
    )
    interests = WordsField(
        label=CONDITIONS["interests"],
        help_text=_("Needs and brands in the profile, and what they have."),
    )
    languages = WordsField(label=CONDITIONS["languages"], help_text=_("As in the profile."))
    tags = WordsField(label=CONDITIONS["tags"])
    sources = WordsField(
        label=CONDITIONS["sources"], help_text=_("Words in “heard of us through”.")
    )
    people = forms.ModelMultipleChoiceField(User.objects.none())
    skills = WordsField(
        label=_("Only who can do"), help_text=_("Skills are said in Settings → People.")
    )

    class Meta:
        model = AssignmentRule
        fields = ("name", "active", "unit", "pick", "speaks")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.instance
        many = forms.CheckboxSelectMultiple
        self.fields["name"].label = pgettext_lazy("rule", "Name")
        branches = Unit.objects.filter(kind="branch").order_by("pk")
        self.fields["branches"] = forms.TypedMultipleChoiceField(
            label=CONDITIONS["branches"], coerce=int, required=False, widget=many,
            choices=[(each.pk, each.name) for each in branches],
        )  # fmt: skip
        known = [row.name for row in levels()]
        known += [name for name in rule.conditions.get("levels", ()) if name not in known]
        self.fields["levels"] = forms.MultipleChoiceField(
            label=CONDITIONS["levels"], required=False, widget=many,
            choices=[(name, name) for name in known],
        )  # fmt: skip
        self.fields["people"] = forms.ModelMultipleChoiceField(
            receivers(), label=_("People"), required=False, widget=many
        )
        self.fields["unit"] = forms.ModelChoiceField(
            Unit.objects.order_by("pk"), label=_("Or everybody of"), required=False,
            empty_label=_("Nobody else"),
        )  # fmt: skip
        self.fields["pick"] = forms.ChoiceField(
            label=_("Who of them"), choices=Pick.choices, widget=forms.RadioSelect
        )
        self.initial = {**self.initial, "skills": rule.skills, "pick": rule.pick, **rule.conditions}
        if rule.pk:
            self.initial["people"] = list(rule.people.all())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("people") and not given.get("unit") and "people" not in self.errors:
            self.add_error("people", _("Choose who gets the customers."))
        return given

    def rule(self) -> AssignmentRule:
        """The rule as it was described, not saved yet."""
        made, given = self.instance, self.cleaned_data
        made.conditions = {name: given[name] for name in CONDITIONS if given[name]}
        made.skills = given["skills"]
        return made

    def _post_clean(self) -> None:
        # A name that is taken is the write's to refuse; here the rule only gets what was typed.
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
