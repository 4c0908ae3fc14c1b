"""Parsing and validating what people type about a customer; saving is a service's work."""

from liuke.customers.forms.answers import AnswerForm
from liuke.customers.forms.definitions import (
    BuiltInForm,
    EntryFormSet,
    FieldForm,
    LevelFormSet,
    entries_of,
    level_entries_of,
)
from liuke.customers.forms.file import (
    AssetForm,
    CellForm,
    ChildFormSet,
    ContactPointFormSet,
    CustomerForm,
    children_of,
    contact_points_of,
)

__all__ = [
    "AnswerForm",
    "AssetForm",
    "BuiltInForm",
    "CellForm",
    "ChildFormSet",
    "ContactPointFormSet",
    "CustomerForm",
    "EntryFormSet",
    "FieldForm",
    "LevelFormSet",
    "children_of",
    "contact_points_of",
    "entries_of",
    "level_entries_of",
]
