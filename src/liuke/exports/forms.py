from django import forms
from django.utils.translation import gettext_lazy as _

from liuke.exports.rules import Format

OF_VIEW, ALL = "view", "all"


class ExportForm(forms.Form):
    """Which file, and which columns."""

    format = forms.ChoiceField(
        label=_("File"), choices=Format.choices, initial=Format.XLSX, widget=forms.RadioSelect
    )
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=[(OF_VIEW, _("As on the screen")), (ALL, _("All"))],
        initial=OF_VIEW,
        widget=forms.RadioSelect,
    )
