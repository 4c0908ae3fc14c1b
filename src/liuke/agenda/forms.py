from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.customers.queries.helping import people_seeing


class SnoozeForm(forms.Form):
    until = forms.DateField(
        label=_("Again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @staticmethod
    def shortcuts() -> list[tuple[str, str]]:
        """Days that people mean most often: their date and their name."""
        today = clock.today()
        monday = today + timedelta(days=7 - today.weekday())
        days = [
            (today + timedelta(days=1), _("Tomorrow")),
            (today + timedelta(days=3), _("In three days")),
            (monday, _("Next Monday")),
        ]
        return [(day.isoformat(), str(name)) for day, name in days]


class HandOverForm(forms.Form):
    def __init__(self, item: AgendaItem, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer = item.customer
        able = people_seeing(customer)
        responsible = item.assignee_id or customer.owner_id
        choices = [
            (each.pk, _label(each))
            for each in able
            if each.pk != responsible and each.may(Act.FOLLOW_UP)
        ]
        self.fields["to"] = forms.TypedChoiceField(label=_("To"), coerce=int, choices=choices)


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("What do you want to know?"), max_length=300, widget=forms.Textarea({"rows": 3})
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Answer"), max_length=300, widget=forms.Textarea({"rows": 3}))


def _label(person: User) -> str:
    return f"{person} · {person.role}"
