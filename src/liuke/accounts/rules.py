"""Who may do what: roles, acts and the scope that a role starts with."""

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
    EDIT_CUSTOMERS = "edit_customers", _("create and edit customers")
    RECORD_ORDERS = "record_orders", _("record orders and visits")
    FOLLOW_UP = "follow_up", _("record contacts and work on what is due")
    IMPORT = "import", _("import files")
    EXPORT = "export", _("export lists")
    EDIT_RULES = "edit_rules", _("change rules")
    HAND_OVER = "hand_over", _("hand customers over from one person to others")
    MANAGE_USERS = "manage_users", _("manage people")


_EVERYTHING = frozenset(Act)
_CUSTOMER_WORK = frozenset({Act.EDIT_CUSTOMERS, Act.RECORD_ORDERS, Act.FOLLOW_UP})

ACTS_OF: dict[str, frozenset[Act]] = {
    Role.OWNER: _EVERYTHING,
    Role.MANAGER: _EVERYTHING - {Act.MANAGE_USERS},
    Role.SELLER: _CUSTOMER_WORK,
    Role.SERVICE: _CUSTOMER_WORK,
    Role.AGENT: frozenset({Act.EDIT_CUSTOMERS, Act.FOLLOW_UP}),
    Role.ANALYST: frozenset({Act.EXPORT}),
    Role.ADMINISTRATOR: _EVERYTHING,
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


def may(role: str, act: Act) -> bool:
    return act in ACTS_OF[role]
