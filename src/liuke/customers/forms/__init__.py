"""Parsing and validating what people type about a customer; saving is a service's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms import BaseFormSet, formset_factory
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import people_visible_to
from liuke.customers.forms.profile import NOT_SAID, DateInput, add_fields, said_in
from liuke.customers.models import Asset, Child, ContactPoint, Customer
from liuke.customers.queries import tags_in_use
from liuke.customers.queries.fields import fields, levels, referred, values_of_fields
from liuke.customers.rules import Kind, plate_key
from liuke.customers.rules.fields import FieldOf, For, Group
from liuke.customers.rules.profile import BUILT_IN
from liuke.customers.services import EDITABLE, NewChild, NewContactPoint

COLUMNS = {spec.column for spec in BUILT_IN if spec.column}
# What the form shows for which kind of customer.
KINDS = {For.BOTH: "", For.PERSON: "person", For.ORGANIZATION: "organization"}


def owner_field(viewer: User, customer: Customer) -> forms.Field:
    """Who owns the customer now stays a choice, even out of sight or no longer with the firm."""
    people = people_visible_to(viewer) | User.objects.filter(pk=customer.owner_id or 0)
    return forms.ModelChoiceField(people, required=False, label=_("Owner"), empty_label=_("Nobody"))


def level_field(customer: Customer) -> forms.ChoiceField:
    """The firm's levels; the one a customer has stays a choice."""
    names = [row.name for row in levels()]
    if customer.level and customer.level not in names:
        names.append(customer.level)
    return forms.ChoiceField(
        required=False, label=_("Level"), choices=[NOT_SAID, *((name, name) for name in names)]
    )


@dataclass(frozen=True)
class Part:
    """A group of fields in the form, each with the kind of customer it is for.

    Nobody has to look at `rest`: it has no weight, and nothing is said in it.
    """

    key: str
    label: Any
    fields: Sequence[tuple[BoundField, str]]
    rest: Sequence[tuple[BoundField, str]]
    is_open: bool


class CustomerForm(forms.ModelForm[Customer]):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Customer
        fields = ("kind", *EDITABLE)
        widgets = {
            "kind": forms.Select(attrs={"data-choice": ""}),
            "birth_date": DateInput(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, viewer: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.specs = fields()
        said = [spec for spec in self.specs if not spec.column]
        pk = self.instance.pk
        values = values_of_fields([pk], said)[pk] if pk else {}
        add_fields(self, viewer, said, values, referred(said, [values]))
        for name in COLUMNS - {spec.column for spec in self.specs}:
            # The firm does not use it; what stands there stays.
            del self.fields[name]
        for spec in self.specs:
            if spec.column:
                self.fields[spec.column].label = spec.label
        self.fields["owner"] = owner_field(viewer, self.instance)
        self.fields["level"] = level_field(self.instance)
        self.fields["branch"] = forms.ModelChoiceField(
            Unit.objects.filter(kind="branch"),
            required=False,
            label=_("Branch"),
            empty_label=_("No branch"),
        )
        if self.instance.pk:
            # A rule may apply to one kind only; the past would change under a changed kind.
            self.fields["kind"].disabled = True

    def values(self) -> dict[str, Any]:
        """What the service takes; fields of the other kind are emptied, not kept out of sight."""
        names = [name for name in ("kind", *EDITABLE) if name in self.fields]
        values = {name: self.cleaned_data[name] for name in names}
        foreign: tuple[str, ...] = ("size", "credit_code")
        if values["kind"] == Kind.ORGANIZATION:
            foreign = ("gender", "birth_date", "occupation")
        for name in values.keys() & set(foreign):
            values[name] = None if name == "birth_date" else ""
        return values

    def said(self) -> dict[str, Any]:
        """What is said in the fields of the profile that have no column of their own."""
        said = [spec for spec in self.specs if not spec.column]
        return said_in(self, said, self.cleaned_data["kind"])

    @property
    def groups(self) -> list["Part"]:
        """The profile in parts, each open when something stands in it or is wrong."""
        return [
            Part(
                group,
                group.label,
                [
                    (self[spec.code], KINDS[spec.applies])
                    for spec in rows
                    if spec.weight or self._stands_out(spec)
                ],
                [
                    (self[spec.code], KINDS[spec.applies])
                    for spec in rows
                    if not spec.weight and not self._stands_out(spec)
                ],
                any(map(self._stands_out, rows)),
            )
            for group in Group
            if (rows := [spec for spec in self.specs if spec.group == group])
        ]

    def _stands_out(self, spec: FieldOf) -> bool:
        return bool(self.errors.get(spec.code) or self[spec.code].value())

    def _post_clean(self) -> None:
        # Uniqueness belongs to the write; here it would accuse an edit of its own stale copy.
        pass


class RevealForm(forms.Form):
    """What a masked phone number is needed for."""

    reason = forms.CharField(
        label=_("What do you need the number for?"),
        max_length=200,
        help_text=_("Your name, the time and this reason stay in the journal."),
        widget=forms.TextInput(attrs={"autofocus": ""}),
    )


class ContactPointForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Number or address"), max_length=200, required=False)
    do_not_contact = forms.BooleanField(label=_("Do not contact"), required=False)


ContactPointFormSet = formset_factory(ContactPointForm, extra=2, max_num=20)


def contact_points_of(formset: BaseFormSet[ContactPointForm]) -> list[NewContactPoint]:
    """The filled lines; the first one that may be used is the preferred one."""
    filled = [form.cleaned_data for form in formset if form.cleaned_data.get("value")]
    usable = next((row for row in filled if not row["do_not_contact"]), None)
    return [
        NewContactPoint(row["kind"], row["value"], row is usable, row["do_not_contact"])
        for row in filled
    ]


class ChildForm(forms.ModelForm[Child]):
    class Meta:
        model = Child
        fields = ("name", "sex", "birth_date")
        widgets = {"birth_date": DateInput()}

    def _post_clean(self) -> None:
        # An empty line is no child; the service judges the others.
        pass


ChildFormSet = formset_factory(ChildForm, extra=1, max_num=12)


def children_of(formset: BaseFormSet[ChildForm]) -> list[NewChild]:
    """The lines that say something, in their order."""
    rows = [form.cleaned_data for form in formset if any(form.cleaned_data.values())]
    return [NewChild(row["name"], row["sex"], row["birth_date"]) for row in rows]


class AssetForm(forms.ModelForm[Asset]):
    class Meta:
        model = Asset
        fields = ("name", "serial", "retired_on")
        widgets = {"retired_on": DateInput()}

    def clean_serial(self) -> str:
        serial: str = self.cleaned_data["serial"]
        # What it is found by may be longer than what was typed: ㎏ becomes two letters.
        MaxLengthValidator(40)(plate_key(serial))
        return serial

    def _post_clean(self) -> None:
        pass


class CellForm(forms.Form):
    """One cell of the list: level, owner or tags of a customer as it was read at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, viewer: User, customer: Customer, field: str, data: Any = None) -> None:
        now = {"version": customer.version, "level": customer.level, "owner": customer.owner_id}
        worn = [tag.name for tag in customer.tags.all()]
        super().__init__(data, initial={**now, "tags": worn}, auto_id=f"edit-{customer.pk}-%s")
        if field == "level":
            self.fields["level"] = level_field(customer)
        elif field == "owner":
            self.fields["owner"] = owner_field(viewer, customer)
        else:
            names = sorted({*worn, *tags_in_use().values_list("name", flat=True)})
            self.fields["tags"] = forms.MultipleChoiceField(
                required=False,
                label=_("Tags"),
                choices=[(name, name) for name in names],
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields["more"] = forms.CharField(
                required=False, max_length=200, label=_("New tags, separated by commas")
            )

    def tags(self) -> list[str]:
        """The ticked tags and the new ones; a comma may be a Chinese one."""
        more = self.cleaned_data["more"].replace("，", ",").replace("、", ",").split(",")
        return [*self.cleaned_data["tags"], *more]
