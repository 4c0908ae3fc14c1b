"""One question about one customer, answered where it is asked."""

from collections.abc import Collection
from typing import Any

from django import forms

from liuke.accounts.models import User
from liuke.customers.forms.profile import form_field
from liuke.customers.models import Customer
from liuke.customers.queries.profile import Profile
from liuke.customers.rules.fields import FieldOf


class AnswerForm(forms.Form):
    """`at` tells two forms on one page apart."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, viewer: User, customer: Customer, spec: FieldOf, at: str, data: Any = None
    ) -> None:
        super().__init__(data, initial={"version": customer.version}, auto_id=f"ask-{at}-%s")
        self.spec = spec
        self.fields["answer"] = form_field(viewer, spec)
        for each in self.fields.values():
            each.widget.attrs["form"] = f"ask-{at}"

    @classmethod
    def next(
        cls, viewer: User, customer: Customer, profile: Profile, at: str, skip: Collection[str] = ()
    ) -> "AnswerForm | None":
        """The question that helps most; None when nothing is left to ask."""
        spec = profile.question(skip)
        return cls(viewer, customer, spec, at) if spec else None

    def said(self) -> dict[str, Any]:
        """What the service takes: a column of the customer, or a field of the profile."""
        value = self.cleaned_data["answer"]
        if self.spec.column:
            return {"values": {self.spec.column: value}}
        return {"values": {}, "said": {self.spec.code: value}}
