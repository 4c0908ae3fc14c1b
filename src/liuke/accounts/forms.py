"""Parsing people, units and roles; saving is a service's work."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import FirmRole, Unit, User
from liuke.accounts.queries import roles
from liuke.accounts.rules import FIRM_WIDE, Act, ScopeChoice
from liuke.accounts.services import WORK, Work
from liuke.core.scoping import Scope
from liuke.core.text import listed

NOT = ("", _("No"))
MOST_WORDS = 20
SEEN = {
    Scope.OWN: _("Own customers"),
    Scope.TEAM: _("Own team"),
    Scope.BRANCH: _("Own branch"),
    Scope.ALL: _("As far as they see"),
}


class WordsField(forms.CharField):
    """A few words between commas; as a value a list."""

    widget = forms.TextInput(attrs={"data-words": ""})

    def __init__(self, **how: Any) -> None:
        super().__init__(required=False, max_length=600, **how)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        found = listed(super().clean(value))
        if len(found) > MOST_WORDS:
            raise ValidationError(_("At most %(n)s words.") % {"n": MOST_WORDS})
        return found


class PersonForm(forms.Form):
    """Who somebody is here; the sign-in name is chosen once."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    username = forms.CharField(
        label=_("Sign-in name"), max_length=150, help_text=_("Letters, figures and . _ - @ +")
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("For invitations and forgotten passwords.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [(x.key, str(x)) for x in roles()])
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label=_("Branch or team"), required=False, empty_label=_("Nowhere")
    )
    scope = forms.ChoiceField(
        label=_("Sees"), required=False, choices=[("", _("As the role")), *ScopeChoice.choices]
    )
    skills = WordsField(
        label=_("Skills"), help_text=_("Words between commas, as rules of assignment ask for them.")
    )
    languages = WordsField(label=_("Languages"), help_text=_("Besides the firm's own."))
    workload = forms.IntegerField(
        label=_("Working time in percent"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Rules give fewer customers to whoever works less, and none at 0."),
    )
    most_customers = forms.IntegerField(
        label=_("Most customers"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("Empty: no limit."),
    )

    def __init__(self, found: User | None, data: Any = None) -> None:
        initial: dict[str, Any] = {
            "role": "seller", "unit": Unit.objects.order_by("pk").first(), "workload": 100,
        }  # fmt: skip
        if found is not None:
            initial = {
                "name": found.name, "username": found.username, "email": found.email,
                "role": found.role_id, "unit": found.unit_id, "scope": found.own_scope,
                **{name: getattr(found, name) for name in WORK},
            }  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["username"].disabled = found is not None

    def values(self) -> dict[str, Any]:
        """What the services take."""
        given = dict(self.cleaned_data)
        work = {name: given.pop(name) for name in WORK}
        if work["workload"] is None:
            work["workload"] = 100
        return {**given, "work": Work(**work)}


class UnitForm(forms.Form):
    """A branch or team and where it stands; the firm itself only has a name."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Unit.Kind.choices[1:])
    parent = forms.ModelChoiceField(
        Unit.objects.exclude(kind=Unit.Kind.TEAM), label=_("Belongs to"), empty_label=None
    )

    def __init__(self, found: Unit | None, data: Any = None) -> None:
        initial = {} if found is None else {
            "name": found.name, "kind": found.kind, "parent": found.parent_id
        }  # fmt: skip
        super().__init__(data, initial=initial)
        if found is not None:
            self.fields["kind"].disabled = True
            if found.kind == Unit.Kind.FIRM:
                del self.fields["kind"], self.fields["parent"]


class RoleForm(forms.Form):
    """One line for each act: not at all, or how far."""

    name = forms.CharField(label=pgettext_lazy("role", "Name"), max_length=40, required=False)

    def __init__(self, found: FirmRole, data: Any = None) -> None:
        super().__init__(data, initial={"name": found.name, **found.grants})
        if found.is_built_in:
            self.fields["name"].widget.attrs["placeholder"] = str(found)
        else:
            self.fields["name"].required = True
        for act in Act:
            choices: list[tuple[str, Any]] = [NOT, *((each.value, SEEN[each]) for each in Scope)]
            if act == Act.SEE:
                choices = list(ScopeChoice.choices)
            elif act in FIRM_WIDE:
                choices = [NOT, (Scope.ALL.value, _("Yes"))]
            self.fields[act] = forms.ChoiceField(
                label=_upper_first(act.label), choices=choices, required=act == Act.SEE
            )

    def acts(self) -> Iterator[BoundField]:
        return (self[act] for act in Act)

    def grants(self) -> dict[str, str]:
        given = ((act.value, self.cleaned_data[act]) for act in Act)
        return {act: scope for act, scope in given if scope}


def _upper_first(label: Any) -> str:
    return str(label)[:1].upper() + str(label)[1:]
