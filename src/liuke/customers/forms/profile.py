"""A form field for each field of the profile."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.customers.queries.fields import known_for
from liuke.customers.rules.fields import LONGEST, NUMBERS, FieldOf, Type, parse, written

NOT_SAID = ("", _("Not said"))
LONG = {"motive", "doubts", "values"}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SaidField(forms.CharField):
    """What people type into a field of the profile, read by the rules of that field."""

    def __init__(self, viewer: User, spec: FieldOf, widget: forms.Widget, help_text: Any) -> None:
        super().__init__(
            required=False, label=spec.label, widget=widget, help_text=help_text, strip=False
        )
        self.viewer, self.spec = viewer, spec

    def to_python(self, value: Any) -> Any:
        texts = value if isinstance(value, list) else [value or ""]
        text = "\n".join(str(each).replace("\x00", "") for each in texts)
        return parse(self.spec, text, known_for(self.viewer, self.spec, [text]))

    def validate(self, value: Any) -> None:
        """The rules have judged it already."""

    def run_validators(self, value: Any) -> None:
        """The rules have judged it already."""


class ChosenField(forms.MultipleChoiceField):
    """Several of a closed list; what is chosen already may stay when it is archived."""

    def clean(self, value: Any) -> list[str] | None:
        chosen: list[str] = super().clean(value)
        return chosen or None


def form_field(viewer: User, spec: FieldOf, now: Any = None) -> forms.Field:
    """The field to type it in; `now` is what stands there, which stays a choice."""
    if spec.type == Type.CHOICES and not spec.open:
        kept = set(now or ())
        return ChosenField(
            required=False,
            label=spec.label,
            help_text=spec.help,
            widget=forms.CheckboxSelectMultiple,
            choices=[
                (each.code, each.label)
                for each in spec.choices
                if not each.archived or each.code in kept
            ],
        )
    if spec.type == Type.PERSON:
        people = people_visible_to(viewer) | User.objects.filter(pk=now or 0)
        return PersonField(people, required=False, label=spec.label, help_text=spec.help)
    return SaidField(viewer, spec, _widget(spec, now), _help(spec))


class PersonField(forms.ModelChoiceField[User]):
    """A colleague, given as the id."""

    def __init__(self, people: Any, **more: Any) -> None:
        super().__init__(people, empty_label=str(NOT_SAID[1]), **more)

    def clean(self, value: Any) -> int | None:
        found = super().clean(value)
        return None if found is None else found.pk


def shown_value(spec: FieldOf, value: Any, names: Mapping[int, str]) -> Any:
    """The value as the form field shows it first."""
    if value is None:
        return [] if spec.type == Type.CHOICES and not spec.open else None
    if spec.type in (Type.CHOICE, Type.PERSON) or (spec.type == Type.CHOICES and not spec.open):
        return value
    if spec.type == Type.YES_NO:
        return "yes" if value else "no"
    return written(spec, value, names)


def add_fields(
    form: forms.Form | forms.ModelForm[Any],
    viewer: User,
    specs: Sequence[FieldOf],
    values: Mapping[str, Any],
    names: Mapping[Any, Mapping[int, str]],
) -> None:
    """Put these fields of the profile on a form, filled with what is said."""
    for spec in specs:
        now = values.get(spec.code)
        form.fields[spec.code] = form_field(viewer, spec, now)
        form.initial[spec.code] = shown_value(spec, now, names.get(spec.type, {}))


def said_in(form: Any, specs: Collection[FieldOf], kind: str) -> dict[str, Any]:
    """What the form says in these fields; a field of the other kind says nothing."""
    return {
        spec.code: form.cleaned_data.get(spec.code) if spec.fits(kind) else None for spec in specs
    }


def _widget(spec: FieldOf, now: Any) -> forms.Widget:
    if spec.type == Type.YES_NO:
        return forms.Select(choices=[NOT_SAID, ("yes", _("Yes")), ("no", _("No"))])
    if spec.type == Type.CHOICE:
        offered = [each for each in spec.choices if not each.archived or each.code == now]
        return forms.Select(choices=[NOT_SAID, *((each.code, each.label) for each in offered)])
    if spec.type == Type.DATE:
        return DateInput()
    if spec.type in NUMBERS:
        return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    if spec.code in LONG:
        return forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST})
    return forms.TextInput(attrs={"autocomplete": "off"})


def _help(spec: FieldOf) -> Any:
    if spec.help:
        return spec.help
    if spec.type == Type.CHOICES:
        return _("Several with commas.")
    if spec.type == Type.CUSTOMER:
        return _("The customer's name or number.")
    return ""
