"""What people type about ways to reach a customer, the people around it and its relations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import User
from liuke.core import clock
from liuke.customers.forms.profile import DateInput
from liuke.customers.models import NOT_SAID, ContactPoint, Customer, Person, RelationKind
from liuke.customers.queries import relations, visible_to
from liuke.customers.rules import Kind
from liuke.customers.rules.contacts import Given, Purpose
from liuke.customers.rules.people import BuyingRole
from liuke.customers.rules.relations import Strength
from liuke.customers.services import NewContactPoint

YES_NO = [("yes", _("Agrees")), ("no", _("Does not want it"))]


class PointForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Number or address"), max_length=200)
    label = forms.CharField(
        label=_("Label"),
        max_length=40,
        required=False,
        help_text=_("For example: evenings only, front desk."),
    )
    preferred = forms.BooleanField(label=_("Use this first"), required=False)
    do_not_contact = forms.BooleanField(label=_("Do not contact"), required=False)


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("For"), choices=Purpose.choices, initial=Purpose.OFFERS, widget=forms.RadioSelect
    )
    given = forms.ChoiceField(
        label=_("They said"), choices=YES_NO, initial="yes", widget=forms.RadioSelect
    )
    how = forms.ChoiceField(label=pgettext_lazy("consent", "How"), choices=Given.choices)
    on = forms.DateField(label=pgettext_lazy("consent", "On"), widget=DateInput())
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"on": clock.today()})

    def statement(self) -> dict[str, Any]:
        return {**self.cleaned_data, "given": self.cleaned_data["given"] == "yes"}


class PersonForm(forms.ModelForm[Person]):
    """Somebody around the customer; the two quickest ways to reach them in the same go."""

    roles = forms.MultipleChoiceField(
        label=_("In a purchase they are"),
        choices=BuyingRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    mobile = forms.CharField(label=_("Mobile"), max_length=40, required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=40, required=False)

    class Meta:
        model = Person
        fields = (
            "name", "position", "function", "concern", "concern_note", "birth_date", "note",
            "left_on",
        )  # fmt: skip
        widgets = {
            "birth_date": DateInput(),
            "left_on": DateInput(),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("function", "concern"):
            choices = dict(Person._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
            self.fields[name].choices = [NOT_SAID, *choices.items()]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["roles"] = [each.role for each in self.instance.buying_roles.all()]
            # Known ways have their own dialogs, with what was agreed about them.
            del self.fields["mobile"], self.fields["wechat"]
        else:
            del self.fields["left_on"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def contact_points(self) -> list[NewContactPoint]:
        given = [(kind, self.cleaned_data.get(kind, "")) for kind in ("mobile", "wechat")]
        filled = [(kind, value) for kind, value in given if value.strip()]
        return [
            NewContactPoint(kind, value, preferred=not place)
            for place, (kind, value) in enumerate(filled)
        ]

    def _post_clean(self) -> None:
        # The service checks what is written; here it would accuse the form of its own blanks.
        pass


class RelationForm(forms.Form):
    """What another customer is to this one; the other is chosen from those within sight."""

    word = forms.ChoiceField(label=_("What the other is to them"))
    strength = forms.ChoiceField(
        label=_("How close"), choices=[("", _("As usual")), *Strength.choices], required=False
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, viewer: User, customer: Customer, data: Any = None) -> None:
        super().__init__(data)
        offered = relations.words(firms_first=customer.kind == Kind.ORGANIZATION)
        words = [(f"{kind}:{side}", word) for kind, side, word in offered]
        self.fields["word"].choices = words  # type: ignore[attr-defined]
        others = visible_to(viewer).exclude(pk=customer.pk)
        self.fields["other"] = forms.ModelChoiceField(
            others, label=_("Customer"), error_messages={"required": _("Choose the customer.")}
        )


class StrengthForm(forms.Form):
    strength = forms.ChoiceField(
        label=_("How close"), choices=Strength.choices, widget=forms.RadioSelect
    )
    on = forms.DateField(label=_("Since"), widget=DateInput())
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class RelationKindForm(forms.ModelForm[RelationKind]):
    class Meta:
        model = RelationKind
        fields = ("first_word", "second_word", "strength", "retired")
        help_texts = {
            "first_word": _("For example: master."),
            "second_word": _("For example: apprentice. Empty when both are the same."),
        }

    def _post_clean(self) -> None:
        pass
