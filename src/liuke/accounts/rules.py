"""Who may do what, and with whose customers.

A role grants acts, each up to a scope. What a person sees is the scope of `Act.SEE`, or the
person's own; every other act reaches as far as its grant, and never further than one sees.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core.scoping import Scope


class Role(models.TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    MANAGER = "manager", _("Manager")
    SELLER = "seller", _("Seller")
    SERVICE = "service", _("Service")
    AGENT = "agent", _("Phone agent")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class ScopeChoice(models.TextChoices):
    OWN = Scope.OWN.value, _("Own customers")
    TEAM = Scope.TEAM.value, _("Own team")
    BRANCH = Scope.BRANCH.value, _("Own branch")
    ALL = Scope.ALL.value, _("Whole firm")


class Act(models.TextChoices):
    SEE = "see", _("see customers")
    SEE_PHONES = "see_phones", _("see phone numbers in full")
    EDIT_CUSTOMERS = "edit_customers", _("create and edit customers")
    RECORD_ORDERS = "record_orders", _("record orders and visits")
    FOLLOW_UP = "follow_up", _("record contacts and work on what is due")
    ASSIGN = "assign", _("give customers to others")
    IMPORT = "import", _("import files")
    EXPORT = "export", _("export lists")
    MERGE = "merge", _("merge customers")
    SETTLE = "settle", _("decide conflicts and shares")
    EDIT_RULES = "edit_rules", _("change rules")
    HAND_OVER = "hand_over", _("hand customers over from one person to others")
    SEE_JOURNAL = "see_journal", _("see the journal")
    PRIVACY = "privacy", _("export and erase everything about a person")
    MANAGE_USERS = "manage_users", _("manage people")


# What somebody who helps with a customer may do with it, as with an own one.
HELPERS_MAY = frozenset({Act.SEE, Act.SEE_PHONES, Act.FOLLOW_UP})

# These know no customer: one may or may not.
FIRM_WIDE = frozenset({Act.IMPORT, Act.EDIT_RULES, Act.MANAGE_USERS})

_EVERYTHING = frozenset(Act)
_CUSTOMER_WORK = frozenset(
    {Act.SEE, Act.SEE_PHONES, Act.EDIT_CUSTOMERS, Act.RECORD_ORDERS, Act.FOLLOW_UP, Act.ASSIGN}
)

# What the built-in roles start with; a firm changes them and adds its own.
ACTS_OF: dict[str, frozenset[Act]] = {
    Role.OWNER: _EVERYTHING,
    Role.MANAGER: _EVERYTHING - {Act.MANAGE_USERS, Act.PRIVACY},
    Role.SELLER: _CUSTOMER_WORK,
    Role.SERVICE: _CUSTOMER_WORK,
    Role.AGENT: _CUSTOMER_WORK - {Act.RECORD_ORDERS, Act.ASSIGN},
    Role.ANALYST: frozenset({Act.SEE, Act.EXPORT}),
    Role.ADMINISTRATOR: _EVERYTHING - {Act.SEE_PHONES},
}

SCOPE_OF: dict[str, Scope] = {
    Role.OWNER: Scope.ALL,
    Role.MANAGER: Scope.BRANCH,
    Role.SELLER: Scope.OWN,
    Role.SERVICE: Scope.BRANCH,
    Role.AGENT: Scope.BRANCH,
    Role.ANALYST: Scope.ALL,
    Role.ADMINISTRATOR: Scope.ALL,
}

_WIDTH = {scope: width for width, scope in enumerate(Scope)}


def starting_grants(role: str) -> dict[str, str]:
    """The acts of a built-in role with their scopes; but for seeing, as far as the role sees."""
    grants = {act.value: Scope.ALL.value for act in Act if act in ACTS_OF[role]}
    return grants | {Act.SEE.value: SCOPE_OF[role].value}


def scope_for(act: Act, grants: Mapping[str, str], seen: str) -> Scope | None:
    """How far a person who sees so much may do this; None is not at all."""
    granted = grants.get(act)
    if granted is None:
        return None
    if act in FIRM_WIDE:
        return Scope.ALL
    if act == Act.SEE:
        return Scope(seen)
    return min(Scope(granted), Scope(seen), key=_WIDTH.__getitem__)
