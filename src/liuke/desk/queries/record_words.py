"""What the journal says, in words: who did what, and which fields it changed."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from liuke.accounts.models import Unit, User
from liuke.core import text
from liuke.core.models import JournalEntry
from liuke.core.seals import ERASED
from liuke.customers.queries import way_text
from liuke.customers.rules.closing import CloseReason, Reopened
from liuke.ownership.rules.assigning import CONDITIONS, word_text

VERBS = {
    "customer.created": gettext_lazy("Customer added"),
    "customer.updated": gettext_lazy("Customer changed"),
    "customer.closed": gettext_lazy("Closed"),
    "customer.reopened": gettext_lazy("Open again"),
    "customer.archived": gettext_lazy("Everything about a person exported"),
    "customer.erased": gettext_lazy("Person erased"),
    "customer.merged": gettext_lazy("Merged"),
    "customer.parted": gettext_lazy("Merge undone"),
    "merges.started": gettext_lazy("Run of merges started"),
    "merges.done": gettext_lazy("Run of merges done"),
    "merges.undoing": gettext_lazy("Undoing a run of merges started"),
    "merges.undone": gettext_lazy("Run of merges undone"),
    "customer.removed": gettext_lazy("Customer of an undone import removed"),
    "customers.handed_over": gettext_lazy("Customers handed over"),
    "question.asked": gettext_lazy("Owner asked"),
    "question.answered": gettext_lazy("Colleague answered"),
    "collaborator.added": gettext_lazy("Collaborator added"),
    "collaborator.ended": gettext_lazy("Collaboration over"),
    "conflict.opened": gettext_lazy("Conflict opened"),
    "conflict.decided": gettext_lazy("Conflict decided"),
    "conflict.appealed": gettext_lazy("Decision of a conflict appealed"),
    "conflict.dropped": gettext_lazy("Conflict withdrawn"),
    "conflict.terms_saved": gettext_lazy("Rules of working together changed"),
    "duplicate.proposed": gettext_lazy("Possible duplicate reported"),
    "duplicate.decided": gettext_lazy("Possible duplicate decided"),
    "person.added": gettext_lazy("Person around them added"),
    "person.updated": gettext_lazy("Person around them changed"),
    "person.removed": gettext_lazy("Person around them removed"),
    "relation.added": gettext_lazy("Relation added"),
    "relation.changed": gettext_lazy("Relation changed"),
    "relation.ended": gettext_lazy("Relation over"),
    "relation_kind.saved": gettext_lazy("Kind of relation changed"),
    "consent.given": gettext_lazy("Consent given"),
    "consent.withdrawn": gettext_lazy("Consent withdrawn"),
    "phone.revealed": gettext_lazy("Hidden number shown"),
    "field.created": gettext_lazy("Field added"),
    "field.changed": gettext_lazy("Field changed"),
    "field.moved": gettext_lazy("Field moved"),
    "levels.saved": gettext_lazy("Levels changed"),
    "asset.created": gettext_lazy("Vehicle or asset added"),
    "asset.updated": gettext_lazy("Vehicle or asset changed"),
    "asset.removed": gettext_lazy("Vehicle or asset removed"),
    "contact.blocked": gettext_lazy("Do not contact"),
    "contact.unblocked": gettext_lazy("Contacts welcome again"),
    "interaction.recorded": gettext_lazy("Contact recorded"),
    "interaction.removed": gettext_lazy("Contact removed"),
    "order.recorded": gettext_lazy("Order recorded"),
    "order.shared": gettext_lazy("Shares of an order changed"),
    "order.voided": gettext_lazy("Order voided"),
    "agenda.snoozed": gettext_lazy("Put off"),
    "agenda.handed_over": gettext_lazy("Handed over"),
    "agenda.done": gettext_lazy("Done"),
    "agenda.restored": gettext_lazy("Due again"),
    "view.shared": gettext_lazy("View shared or no longer"),
    "view.changed": gettext_lazy("Shared view changed"),
    "view.deleted": gettext_lazy("Shared view deleted"),
    "list.exported": gettext_lazy("List exported"),
    "export.downloaded": gettext_lazy("Export downloaded"),
    "import.uploaded": gettext_lazy("File uploaded"),
    "import.started": gettext_lazy("Import started"),
    "import.stopped": gettext_lazy("Import stopped"),
    "import.done": gettext_lazy("Import done"),
    "import.discarded": gettext_lazy("File discarded"),
    "import.undoing": gettext_lazy("Undoing an import started"),
    "import.undone": gettext_lazy("Import undone"),
    "pool.opened": gettext_lazy("Pool opened"),
    "pool.changed": gettext_lazy("Pool changed"),
    "pool.rules_saved": gettext_lazy("Pool rules changed"),
    "pool.extended": gettext_lazy("Time before the pool extended"),
    "assignment.saved": gettext_lazy("Rule of assignment changed"),
    "assignment.moved": gettext_lazy("Rule of assignment moved"),
    "assignment.deleted": gettext_lazy("Rule of assignment deleted"),
    "churn.rule_saved": gettext_lazy("Churn rule changed"),
    "churn.rule_restated": gettext_lazy("Churn rule restated for the past"),
    "cadence.saved": gettext_lazy("Contact rhythm changed"),
    "unit.created": gettext_lazy("Unit added"),
    "unit.changed": gettext_lazy("Unit changed"),
    "role.saved": gettext_lazy("Role changed"),
    "role.deleted": gettext_lazy("Role deleted"),
    "user.created": gettext_lazy("Person added"),
    "user.changed": gettext_lazy("Person changed"),
    "user.reactivated": gettext_lazy("Person activated again"),
    "user.password_set": gettext_lazy("Password set"),
    "user.deactivated": gettext_lazy("Person deactivated"),
    "user.token_created": gettext_lazy("API key made"),
    "user.token_revoked": gettext_lazy("API key revoked"),
}
# Keys of payloads that are no fields of the row.
LABELS = {
    "contact_points": gettext_lazy("Contact points"),
    "tags": gettext_lazy("Tags"),
    "reason": gettext_lazy("Reason"),
    "closing": gettext_lazy("Reason"),
    "until": gettext_lazy("Try again on"),
    "origin": gettext_lazy("Came with"),
    "list": gettext_lazy("List"),
    "filters": gettext_lazy("Filters"),
    "rows": gettext_lazy("Rows"),
    "day": gettext_lazy("Day"),
}
ASIDE = {"version"}
NOTHING = "—"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What may be a phone number, however it is written.
NUMBER = re.compile(r"\+?\d[\d ()-]{5,}\d")


LISTS = {
    "customers": gettext_lazy("Customers"),
    "conflicts": gettext_lazy("Conflicts"),
    "orders": gettext_lazy("Orders"),
    "order_lines": gettext_lazy("Lines of orders"),
    "people": gettext_lazy("People around them"),
    "points": gettext_lazy("Ways to reach them"),
    "interactions": gettext_lazy("Contacts"),
    "assets": gettext_lazy("Vehicles and assets"),
    "agenda": gettext_lazy("What is due"),
    "pool": gettext_lazy("Pool"),
    "duplicates": gettext_lazy("Possible duplicates"),
    "journal": gettext_lazy("Journal"),
    "shares": gettext_lazy("Shares"),
}
CLOSING = dict([*CloseReason.choices, *Reopened.choices])
ORIGINS = {
    "form": gettext_lazy("the form"),
    "api": gettext_lazy("a program"),
    "demo": gettext_lazy("the demo"),
}


def origin_text(origin: str) -> str:
    """Where a row came from: a form, a program, or a file by its number."""
    what, _space, number = origin.partition(" ")
    if what == "import":
        return _("import %(n)s") % {"n": number}
    return str(ORIGINS.get(origin, origin))


@dataclass(frozen=True, slots=True)
class Changed:
    """One field, before and after, as people read it."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        said = self.after if self.before == NOTHING else f"{self.before} → {self.after}"
        return f"{self.label}: {said}"


@dataclass(frozen=True, slots=True)
class Words:
    """The names that entries mention by number, read once for a page or a file."""

    phones: bool = True
    people: Mapping[Any, str] = field(
        default_factory=lambda: dict(User.objects.values_list("pk", "name"))
    )
    units: Mapping[Any, str] = field(
        default_factory=lambda: dict(Unit.objects.values_list("pk", "name"))
    )

    def who(self, entry: JournalEntry) -> str:
        """The person, or the system itself."""
        if entry.actor_id is None:
            return _("the system")
        return self.people.get(entry.actor_id, str(entry.actor_id))

    def act(self, entry: JournalEntry) -> str:
        return str(VERBS.get(entry.verb, entry.verb.replace(".", ": ").replace("_", " ")))

    def changes(self, entry: JournalEntry) -> list[Changed]:
        """The fields that the entry is about, those that did not change left out."""
        if ERASED in (entry.before, entry.after):
            return [Changed(_("Content"), NOTHING, _("erased"))]
        return list(self._changes(entry))

    def _changes(self, entry: JournalEntry) -> Iterator[Changed]:
        before, after = entry.before or {}, entry.after or {}
        model = _model(entry.subject)
        for key in {**before, **after}:
            old, new = before.get(key), after.get(key)
            if key in ASIDE or old == new:
                continue
            known = _field(model, key)
            label = LABELS.get(key) or getattr(known, "verbose_name", None)
            related = getattr(known, "related_model", None)
            if not isinstance(label, Promise) or related not in (None, User, Unit):
                # What only the program understands stays in the API.
                continue
            told = [self._told(key, known, value) for value in (old, new)]
            said = Changed(str(label).capitalize(), *told)
            if said.before != said.after:
                yield said

    def _told(self, key: str, known: Field[Any, Any] | None, value: Any) -> str:
        if key == "contact_points" and value:
            return pgettext("list", ", ").join(way_text(each, self.phones) for each in value)
        if key == "closing" and value in CLOSING:
            return str(CLOSING[value])
        if key == "list" and value in LISTS:
            return str(LISTS[value])
        if key == "origin" and value:
            return origin_text(str(value))
        if key == "conditions" and value:
            return pgettext("list", ", ").join(
                self._condition(name, value[name]) for name in CONDITIONS if name in value
            )
        return self._said(known, value)

    def _condition(self, name: str, words: list[Any]) -> str:
        shown = [self.units.get(each, each) if name == "branches" else each for each in words]
        said = pgettext("list", ", ").join(word_text(name, each) for each in shown)
        return f"{CONDITIONS[name]} {said}"

    def _said(self, known: Field[Any, Any] | None, value: Any) -> str:
        if value is None or value == "" or value == [] or value == {}:
            return NOTHING
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        of_models: dict[Any, Mapping[Any, str]] = {User: self.people, Unit: self.units}
        names = of_models.get(getattr(known, "related_model", None))
        if names is not None and isinstance(value, list):
            return pgettext("list", ", ").join(str(names.get(each, each)) for each in value)
        if names is not None:
            return str(names.get(value, value))
        if isinstance(value, list):
            return pgettext("list", ", ").join(self._word(each) for each in value)
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False)
        return str(dict(getattr(known, "flatchoices", ())).get(value, self._word(value)))

    def _word(self, value: Any) -> str:
        said = str(value)
        if self.phones or DAY.match(said):
            return said
        return NUMBER.sub(lambda found: text.masked(found[0]), said)


def kinds() -> list[tuple[str, str]]:
    """The kinds of rows that entries are about, by name."""
    subjects = (
        "customers.customer", "customers.asset", "customers.contactblock", "sales.order",
        "followups.interaction", "agenda.agendaitem", "exports.export", "imports.importrun",
        "ownership.conflict", "churn.churnrule", "accounts.user", "accounts.unit",
    )  # fmt: skip
    return [
        (subject, str(apps.get_model(subject)._meta.verbose_name).capitalize())
        for subject in subjects
    ]


def _model(subject: str) -> type[Model] | None:
    try:
        return apps.get_model(subject)
    except LookupError:
        return None


def _field(model: type[Model] | None, name: str) -> Field[Any, Any] | None:
    if model is None:
        return None
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None
