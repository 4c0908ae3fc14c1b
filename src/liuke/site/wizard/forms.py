"""The one form of the first run."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import User
from liuke.imports.forms import UploadForm

BUSINESSES = [
    ("workshop", _("Car workshop or maintenance: who misses visits is leaving")),
    ("wholesale", _("Wholesale: who orders nothing for two months is leaving")),
    ("retail", _("Retail and services: everybody has a rhythm of their own")),
]


class FirstRunForm(UploadForm):
    firm = forms.CharField(label=_("Name of the firm"), max_length=80)
    business = forms.ChoiceField(
        label=_("Kind of business"),
        choices=BUSINESSES,
        initial="workshop",
        widget=forms.RadioSelect,
        help_text=_("It sets when a customer counts as lost. You can change it at any time."),
    )
    branch = forms.CharField(
        label=_("Branch where you work"),
        max_length=80,
        required=False,
        help_text=_("Leave it empty if there is only one place."),
    )
    name = forms.CharField(label=_("Your name"), max_length=80)
    username = forms.CharField(
        label=pgettext_lazy("person", "Name to sign in with"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        min_length=8,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least eight characters, not only digits."),
    )
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)

    field_order = ("firm", "business", "branch", "name", "username", "password", "file")

    def clean_file(self) -> Any:
        return super().clean_file() if self.cleaned_data.get("file") else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            person = User(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
