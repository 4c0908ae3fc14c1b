"""Parsing reasons, pools and their rules; saving is a service's work."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Act
from liuke.customers.queries.fields import levels
from liuke.customers.rules import Stage
from liuke.ownership.models import Pool
from liuke.ownership.rules import MOST_DAYS, Hidden, Steps, Table, Way


def level_names() -> list[str]:
    """The firm's levels in their order."""
    return [row.name for row in levels()]


class ReasonForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=200)


class PoolForm(forms.ModelForm[Pool]):
    hidden = forms.MultipleChoiceField(
        label=_("Hidden before claiming"),
        choices=Hidden.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    managers = forms.ModelMultipleChoiceField(User.objects.none())

    class Meta:
        model = Pool
        fields = ("name", "branch", "tag", "claims_a_day", "most_owned", "locked_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool = self.instance
        self.fields["branch"] = forms.ModelChoiceField(
            Unit.objects.filter(kind="branch"),
            required=False,
            label=_("Branch"),
            empty_label=_("Every branch"),
            help_text=_("Empty: customers of every branch, and everybody may claim."),
        )
        people = User.objects.filter(is_active=True).select_related("role").order_by("name")
        able = [each.pk for each in people if each.may(Act.EDIT_RULES)]
        managers = forms.ModelMultipleChoiceField(
            people.filter(pk__in=able),
            label=_("Managers"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("They are asked before a customer goes to the pool."),
        )
        self.fields["managers"] = managers
        self.names = level_names()
        for level in self.names:
            self.fields[f"most_{level.lower()}"] = forms.IntegerField(
                label=_("Level %(level)s") % {"level": level},
                min_value=0,
                max_value=30_000,
                required=False,
            )
        self.initial["hidden"] = pool.hidden if pool.pk else [Hidden.CONTACT.value]
        if pool.pk:
            self.initial["managers"] = list(pool.managers.all())
            for level, most in pool.most_by_level.items():
                self.initial[f"most_{level.lower()}"] = most

    def levels(self) -> list[Any]:
        return [self[f"most_{level.lower()}"] for level in self.names]

    def pool(self) -> Pool:
        """The pool as it was described, not saved yet."""
        made = self.instance
        given = self.cleaned_data
        made.hidden = given["hidden"]
        most = {level: given[f"most_{level.lower()}"] for level in self.names}
        made.most_by_level = {level: figure for level, figure in most.items() if figure is not None}
        return made

    def _post_clean(self) -> None:
        given = self.cleaned_data
        for name in self.Meta.fields:
            if name in given:
                setattr(self.instance, name, given[name])


class RecycleForm(forms.Form):
    """Days for every stage, and for levels of it that differ; empty means never."""

    first = forms.IntegerField(label=_("First warning, days before"), min_value=1, max_value=90)
    last = forms.IntegerField(label=_("Last warning, days before"), min_value=0, max_value=90)
    manager = forms.IntegerField(
        label=_("Then days for the manager"),
        min_value=0,
        max_value=90,
        help_text=_("0: straight to the pool."),
    )
    extension = forms.IntegerField(label=_("One extension of … days"), min_value=1, max_value=365)

    def __init__(self, table: Table, steps: Steps, data: Any = None) -> None:
        initial: dict[str, Any] = {
            "first": steps.first, "last": steps.last, "manager": steps.manager,
            "extension": steps.extension,
        }  # fmt: skip
        for (stage, level), days in table.items():
            initial[f"{stage}_{level}"] = days
        super().__init__(data, initial=initial)
        self.levels = ["", *level_names()]
        for stage in Stage:
            for level in self.levels:
                label = _("%(stage)s, level %(level)s") % {"stage": stage.label, "level": level}
                field = forms.IntegerField(
                    label=label if level else stage.label,
                    min_value=1,
                    max_value=MOST_DAYS,
                    required=False,
                )
                field.widget.attrs |= {"aria-label": field.label, "class": "form-control"}
                self.fields[f"{stage.value}_{level}"] = field

    def rows(self) -> list[tuple[Any, list[Any]]]:
        """Each stage with its fields, for the screen."""
        return [
            (stage.label, [self[f"{stage.value}_{level}"] for level in self.levels])
            for stage in Stage
        ]

    def table(self) -> dict[tuple[str, str], int]:
        given = {
            (stage.value, level): self.cleaned_data.get(f"{stage.value}_{level}")
            for stage in Stage
            for level in self.levels
        }
        return {key: days for key, days in given.items() if days is not None}

    def steps(self) -> Steps:
        given = self.cleaned_data
        return Steps(given["first"], given["last"], given["manager"], given["extension"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("last", 0) > given.get("first", MOST_DAYS):
            self.add_error("last", _("The last warning comes after the first one."))
        return given


class HandoverForm(forms.Form):
    """Which customers of one person go to whom, by which rule, and why."""

    levels = forms.MultipleChoiceField(
        label=_("Only the levels"),
        required=False,
        choices=lambda: [*((name, name) for name in level_names()), ("none", _("without"))],
        widget=forms.CheckboxSelectMultiple,
    )
    stages = forms.MultipleChoiceField(
        label=_("Only the stages"),
        required=False,
        choices=Stage.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    receivers = forms.TypedMultipleChoiceField()
    way = forms.ChoiceField(
        label=_("By which rule"),
        choices=Way.choices,
        initial=Way.EVENLY,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The new owners read it in the history.")
    )
    leaves = forms.BooleanField(
        label=_("Leaves the firm: close the account, its keys and sessions"), required=False
    )

    def __init__(self, people: Sequence[User], may_close: bool, data: Any = None) -> None:
        super().__init__(data)
        self.fields["receivers"] = forms.TypedMultipleChoiceField(
            label=_("Who takes over"),
            coerce=int,
            choices=[(each.pk, str(each)) for each in people],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose who takes over.")},
        )
        if not may_close:
            del self.fields["leaves"]
