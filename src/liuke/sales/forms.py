"""Parsing and validating an order; saving is a service's work."""

from datetime import MAXYEAR, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models import Asset, Customer
from liuke.customers.queries.helping import helpers_of
from liuke.sales import queries
from liuke.sales.models import Order
from liuke.sales.rules import OrderKind, line_amount
from liuke.sales.services import NewLine, NewOrder

# No record of a firm reaches further back, nor do the churn rules.
FIRST_YEAR = 1900
SIZE_OF_A_LINE = DecimalValidator(max_digits=12, decimal_places=2)


def happened(moment: datetime) -> datetime:
    """The moment of an order; raises ValidationError where nothing can have happened yet."""
    if moment.year < FIRST_YEAR:
        raise ValidationError(forms.DateTimeField.default_error_messages["invalid"])
    # The last day of the calendar may have none after it in the firm's zone.
    if moment.year == MAXYEAR or clock.day_of(moment) > clock.today():
        raise ValidationError(_("This is in the future. Record it once it has happened."))
    return moment


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class OrderForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrderKind.choices)
    occurred_at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    asset = forms.ModelChoiceField(
        Asset.objects.none(), label=_("Vehicle or asset"), required=False
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("The number on the order or job card. It can be recorded only once."),
    )
    total = forms.DecimalField(
        label=_("Amount"),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("Leave it empty when you enter lines."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"] = forms.ModelChoiceField(
            customer.assets.filter(retired_on=None), label=_("Vehicle or asset"), required=False
        )

    def clean_occurred_at(self) -> datetime:
        return happened(self.cleaned_data["occurred_at"])


class LineForm(forms.Form):
    text = forms.CharField(label=_("What"), max_length=200, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=14, decimal_places=3, required=False
    )
    price = forms.DecimalField(
        label=_("Price"), max_digits=16, decimal_places=4, min_value=0, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("price") is not None and data.get("quantity") is None:
            data["quantity"] = Decimal(1)
        if data.get("price") is None and (data.get("text") or data.get("quantity") is not None):
            raise ValidationError(_("A line needs a price."))
        if data.get("price") is not None:
            SIZE_OF_A_LINE(line_amount(data["quantity"], data["price"]))
        return data


LineFormSet = formset_factory(LineForm, extra=3, max_num=200)


def order_of(customer: Customer, form: OrderForm, lines: BaseFormSet[LineForm]) -> NewOrder:
    """What the service takes. A return is typed with positive figures and turned here."""
    data = form.cleaned_data
    sign = -1 if data["kind"] == OrderKind.RETURN else 1
    filled = [row.cleaned_data for row in lines if row.cleaned_data.get("price") is not None]
    return NewOrder(
        customer_id=customer.pk,
        occurred_at=data["occurred_at"],
        kind=data["kind"],
        number=data["number"],
        asset_id=data["asset"].pk if data["asset"] else None,
        note=data["note"],
        lines=[
            NewLine(sign * abs(row["quantity"]), row["price"], text=row["text"]) for row in filled
        ],
        total=None if filled or data["total"] is None else sign * data["total"],
    )


class SplitForm(forms.Form):
    """The percent of everybody who has a part or could have one, and why it changes."""

    def __init__(self, order: Order, data: Any = None) -> None:
        super().__init__(data)
        shares = queries.shares_of(order)
        known = {row.person_id: row for row in shares}
        people = [row.person for row in shares]
        owner = order.customer.owner
        if owner is not None and owner.pk not in known:
            people.insert(0, owner)
        helping = [row.person for row in helpers_of(order.customer_id)]
        people += [each for each in helping if each.pk not in known]
        main = next((row.person_id for row in shares if row.is_main), owner.pk if owner else 0)
        for each in people:
            row = known.get(each.pk)
            self.fields[f"percent_{each.pk}"] = forms.IntegerField(
                label=each.name,
                min_value=0,
                max_value=100,
                required=False,
                initial=row.percent if row else (0 if known else 100 * (each.pk == main)),
            )
        self.fields["main"] = forms.TypedChoiceField(
            label=_("Main share"),
            coerce=int,
            choices=[(each.pk, each.name) for each in people],
            initial=main,
        )
        self.fields["why"] = forms.CharField(label=_("Reason"), max_length=200)

    def percents(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("percent_")]

    def split(self) -> dict[int, int]:
        """Person → percent, those without a part left out."""
        given = {
            int(name.removeprefix("percent_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("percent_")
        }
        return {pk: percent for pk, percent in given.items() if percent}
