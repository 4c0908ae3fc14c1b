"""Parsing a contact; saving is a service's work."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models import ContactPoint, Person
from liuke.followups.rules import (
    ASK_AGAIN_DAYS,
    USES,
    Cadence,
    Channel,
    Direction,
    Outcome,
    Situation,
    channel_of,
)
from liuke.followups.services import NewInteraction


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ContactForm(forms.Form):
    """One contact, as it is written down in fifteen seconds."""

    channel = forms.ChoiceField(
        label=_("How"), choices=Channel.choices[:4], initial=Channel.PHONE, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("Result"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    said = forms.CharField(
        label=_("What they said"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Their own words are best."),
    )
    left_open = forms.CharField(label=_("Left open"), required=False, max_length=200)
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_on = forms.DateField(label=_("On"), required=False, widget=DayInput())
    direction = forms.ChoiceField(
        label=_("Who began"), choices=Direction.choices, initial=Direction.OUT
    )
    goal = forms.CharField(label=_("Goal"), required=False, max_length=200)
    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())

    point = forms.ChoiceField(label=_("Reached by"), required=False)
    person = forms.ChoiceField(label=_("Spoken to"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        points: Sequence[ContactPoint] = (),
        first: ContactPoint | None = None,
        people: Sequence[Person] = (),
    ) -> None:
        """`points` are the ways that lead there, `first` the one that is offered first."""
        super().__init__(data)
        self.points = {str(point.pk): point for point in points}
        self.first = first
        self.fields["point"].choices = [("", ""), *((pk, pk) for pk in self.points)]  # type: ignore[attr-defined]
        if first is not None:
            self.initial["point"] = first.pk
            self.initial["channel"] = channel_of(first.kind) or Channel.PHONE
        if people:
            names = [(str(person.pk), person.name) for person in people]
            themselves = ("", _("The customer, or not said"))
            self.fields["person"].choices = [themselves, *names]  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    def way(self) -> int | None:
        """The way that was used: the one somebody chose, or the one offered where it fits."""
        point = self.points.get(self.cleaned_data["point"])
        if point is None:
            return None
        chosen = self.first is None or point.pk != self.first.pk
        fits = point.kind in USES.get(self.cleaned_data["channel"], ())
        return point.pk if chosen or fits else None

    def clean_next_on(self) -> date | None:
        day: date | None = self.cleaned_data["next_on"]
        if day is not None and day < clock.today():
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > clock.today():
            raise ValidationError(
                _("This is in the future. Write it down as the next step instead.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("next_step") and not given.get("next_on") and "next_on" not in self.errors:
            self.add_error(
                "next_on", _("Say when the next step is due, so that nobody forgets it.")
            )
        if given.get("outcome") == Outcome.THINKING and not given.get("next_step"):
            given["next_step"] = gettext("Ask what they decided")
            given["next_on"] = given.get("next_on") or clock.today() + timedelta(ASK_AGAIN_DAYS)
        return given


def interaction_of(customer_id: int, form: ContactForm) -> NewInteraction:
    """The contact that a valid form describes; a past day stands at its noon."""
    given = dict(form.cleaned_data)
    day, chosen = given.pop("day"), form.points.get(given.pop("point"))
    way, person = form.way(), given.pop("person", "")
    moment = clock.now()
    if day is not None and day < clock.today():
        moment = datetime.combine(day, NOON, tzinfo=clock.start_of(day).tzinfo)
    if chosen is not None and way == chosen.pk:
        given["channel"] = channel_of(chosen.kind) or given["channel"]
    return NewInteraction(
        customer_id, moment, point_id=way, person_id=int(person) if person else None, **given
    )


NOON = datetime.min.replace(hour=12).time()


class CadenceForm(forms.Form):
    every = forms.IntegerField(label=_("Every how many days"), min_value=1, max_value=730)
    lasts = forms.IntegerField(
        label=_("For how many days after a purchase"), min_value=1, max_value=730
    )

    def __init__(self, situation: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if situation != Situation.NEW:
            del self.fields["lasts"]

    def cadence(self) -> Cadence:
        return Cadence(self.cleaned_data["every"], self.cleaned_data.get("lasts", 0))
