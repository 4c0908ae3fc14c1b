"""A file to take in, and what its columns mean."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.readers.declare import Mode, Reading, Shape, Twins, without_empty
from liuke.imports.readers.mapping import Field, Meaning, check_meaning

LABELS = {
    Field.CUSTOMER: _("Customer"),
    Field.NAME: _("Customer's name"),
    Field.PHONE: _("Customer's telephone"),
    Field.STATUS: _("Status"),
    Field.DATE: _("Date"),
    Field.ORDER: _("Order number"),
    Field.AMOUNT: _("Amount"),
    Field.QUANTITY: _("Quantity"),
    Field.PRICE: _("Unit price"),
    Field.PRODUCT: _("Product number"),
    Field.DESCRIPTION: _("Product in words"),
}
HINTS = {
    Field.CUSTOMER: _("A number is best; customers are found by it again."),
    Field.STATUS: _("Cancelled and refunded orders are left out."),
    Field.PHONE: _("For new customers; those you have keep theirs."),
    Field.ORDER: _("Without it every row is an order of its own."),
    Field.AMOUNT: _("What was paid; or give quantity and unit price instead."),
}
DATE_ORDERS = [
    ("", _("As the file shows")),
    ("ymd", _("Year, month, day")),
    ("dmy", _("Day, month, year")),
    ("mdy", _("Month, day, year")),
]
KINDS = [("sale", _("Orders")), ("visit", _("Visits to the workshop or shop"))]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.LIUKE_MAX_UPLOAD_BYTES:
            raise forms.ValidationError(too_large())
        return file


class MeaningForm(forms.Form):
    """One choice of a column per field; `meaning` after validation."""

    def __init__(self, run: ImportRun, data: Any = None) -> None:
        super().__init__(data, initial=run.meaning)
        self.run = run
        columns = [("", "—"), *((column, column) for column in run.columns)]
        for field, label in LABELS.items():
            self.fields[field.value] = forms.ChoiceField(
                label=label,
                choices=columns,
                required=field in (Field.CUSTOMER, Field.DATE),
                help_text=HINTS.get(field, ""),
            )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("Dates are written"), choices=DATE_ORDERS, required=False
        )
        self.fields["kind"] = forms.ChoiceField(
            label=_("The rows are"), choices=KINDS, widget=forms.RadioSelect
        )

    @property
    def meaning(self) -> Meaning:
        return Meaning.from_dict(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_meaning(Meaning.from_dict(cleaned), self.run.columns)
            except Refused as refused:
                raise forms.ValidationError(refused.messages) from None
        return cleaned


MODES = [
    (Mode.BOTH, _("Create new ones and update known ones")),
    (Mode.CREATE, _("Only create new ones")),
    (Mode.UPDATE, _("Only update known ones")),
]
TWINS = [
    (Twins.REFUSE, _("Leave the row out and say whose it is")),
    (Twins.UPDATE, _("Update that customer")),
    (Twins.SHARE, _("Keep both: they share the phone")),
    (Twins.CREATE, _("Keep both, and decide about each pair later")),
]
OWNERS = [("", _("Nobody for now")), ("me", _("Me"))]


class ReadingForm(forms.Form):
    """One choice of a field per column of the file, and how records are met; see `reading`."""

    def __init__(self, run: ImportRun, shape: Shape, data: Any = None) -> None:
        said = run.reading
        super().__init__(data, initial={**said.as_dict(), **_places(run, said)})
        self.run, self.shape = run, shape
        choices = _grouped(shape)
        for at, column in enumerate(run.columns):
            look = {"class": "form-select form-select-sm", "aria-label": column}
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, widget=forms.Select(attrs=look)
            )
        self.fields["key"] = forms.ChoiceField(
            label=_("Customers are found by"),
            choices=[(key.name, key.label) for key in shape.keys],
        )
        if shape.changes:
            self.fields["mode"] = forms.ChoiceField(label=_("The file may"), choices=MODES)
            self.fields["twins"] = forms.ChoiceField(
                label=_("If another customer has this mobile already"), choices=TWINS
            )
            self.fields["reason"] = forms.CharField(
                label=_("Why they share it"),
                max_length=200,
                required=False,
                help_text=_("Kept as the decision about each pair, with your name."),
            )
            self.fields["owner"] = forms.ChoiceField(
                label=_("Whoever has no owner in the file belongs to"),
                choices=OWNERS,
                required=False,
            )
            self.fields["erase"] = forms.BooleanField(
                label=_("Empty cells erase what is recorded"), required=False
            )
        self.fields["strict"] = forms.BooleanField(
            label=_("Leave a row out as a whole when one of its cells cannot be read"),
            required=False,
        )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("Dates are written"), choices=DATE_ORDERS, required=False
        )

    @property
    def reading(self) -> Reading:
        """What is chosen now, be it usable or not."""
        self.is_valid()
        said = dict(self.cleaned_data)
        columns = (
            (column, said.pop(f"column_{at}", "")) for at, column in enumerate(self.run.columns)
        )
        return Reading.from_dict({**said, "columns": without_empty(columns)})

    def columns(self) -> list[BoundField]:
        return [self[f"column_{at}"] for at in range(len(self.run.columns))]


def _grouped(shape: Shape) -> list[tuple[Any, Any]]:
    """The usual fields first, then those of each group under its name."""
    choices: list[tuple[Any, Any]] = [("", _("— not used —"))]
    groups: dict[str, list[tuple[str, Any]]] = {}
    for each in shape.fields:
        groups.setdefault(str(each.group), []).append((each.name, each.label))
    choices += groups.pop("", [])
    return [*choices, *groups.items()]


def _places(run: ImportRun, said: Reading) -> dict[str, str]:
    return {
        f"column_{at}": said.columns[column]
        for at, column in enumerate(run.columns)
        if column in said.columns
    }


def too_large() -> str:
    limit = filesizeformat(settings.LIUKE_MAX_UPLOAD_BYTES)
    said = _("The file is larger than %(limit)s. Split it, or use “liuke import” on the server.")
    return said % {"limit": limit}
