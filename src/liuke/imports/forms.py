"""A file to take in, and what its columns mean."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.readers.mapping import Field, Meaning, check_meaning

LABELS = {
    Field.CUSTOMER: _("Customer"),
    Field.NAME: _("Customer's name"),
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


def too_large() -> str:
    limit = filesizeformat(settings.LIUKE_MAX_UPLOAD_BYTES)
    said = _("The file is larger than %(limit)s. Split it, or use “liuke import” on the server.")
    return said % {"limit": limit}
