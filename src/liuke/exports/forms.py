from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core.lists import Label
from liuke.exports.rules import Format

OF_VIEW, ALL = "view", "all"


class ExportForm(forms.Form):
    """What of a list goes into which file, and which columns."""

    what = forms.ChoiceField(
        label=pgettext_lazy("export", "What"), required=False, widget=forms.RadioSelect
    )
    format = forms.ChoiceField(
        label=_("File"), choices=Format.choices, initial=Format.XLSX, widget=forms.RadioSelect
    )
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=[(OF_VIEW, _("As on the screen")), (ALL, _("All"))],
        initial=OF_VIEW,
        widget=forms.RadioSelect,
    )

    def __init__(self, offered: Sequence[tuple[str, Label]], data: Any = None) -> None:
        super().__init__(data, initial={"what": offered[0][0]})
        if len(offered) < 2:
            del self.fields["what"]
            return
        self.fields["what"].choices = offered  # type: ignore[attr-defined]
