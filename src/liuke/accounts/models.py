from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.rules import Act, Role, ScopeChoice, scope_for
from liuke.core import clock
from liuke.core.scoping import Scope


class Unit(models.Model):
    """A node of the organization tree: the firm, a branch, a team."""

    class Kind(models.TextChoices):
        FIRM = "firm", _("Firm")
        BRANCH = "branch", _("Branch")
        TEAM = "team", _("Team")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("organization")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="firm"), name="unit_one_firm"
            ),
            models.CheckConstraint(
                condition=Q(kind="firm", parent=None) | (~Q(kind="firm") & Q(parent__isnull=False)),
                name="unit_firm_is_root",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FirmRole(models.Model):
    """A role as this firm has it: acts, each up to a scope (see `rules`)."""

    key = models.CharField(max_length=20, primary_key=True, editable=False)
    name = models.CharField(
        pgettext_lazy("role", "name"),
        max_length=40,
        blank=True,
        help_text=_("Empty: the word that everybody knows it by."),
    )
    grants = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name or (str(Role(self.key).label) if self.is_built_in else self.key)

    @property
    def is_built_in(self) -> bool:
        return self.key in Role


class User(AbstractUser):
    """A person who signs in: one role, one place in the organization, one scope."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    role = models.ForeignKey(FirmRole, models.PROTECT, related_name="users", verbose_name=_("role"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("unit")
    )
    own_scope = models.CharField(
        _("scope"),
        max_length=10,
        choices=ScopeChoice,
        blank=True,
        help_text=_("Empty: what the role starts with."),
    )
    # What rules that give customers to people ask of them (`ownership`).
    skills = models.JSONField(_("skills"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    workload = models.PositiveSmallIntegerField(
        _("working time in percent"),
        default=100,
        help_text=_("Rules give fewer customers to whoever works less, and none at 0."),
    )
    most_customers = models.PositiveIntegerField(
        _("most customers"), null=True, blank=True, help_text=_("Empty: no limit.")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(workload__lte=100), name="user_workload_percent")
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    @property
    def scope(self) -> str:
        """How far this person sees."""
        return self.own_scope or self.role.grants[Act.SEE]

    def scope_for(self, act: Act) -> Scope | None:
        """How far this person may do something; None is not at all."""
        return scope_for(act, self.role.grants, self.scope) if self.is_active else None

    def may(self, act: Act) -> bool:
        return self.scope_for(act) is not None


class ApiToken(models.Model):
    """A key with which a program acts as a person. Only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


class SavedView(models.Model):
    """A person's way to look at a list: filters and order as an address, and columns.

    Shared with the people of `unit`, or with everybody. Whose rows it shows is up to who looks.
    """

    class Sharing(models.TextChoices):
        NOBODY = "", _("Only me")
        TEAM = "team", _("My team")
        BRANCH = "branch", _("My branch")
        EVERYBODY = "all", _("Everybody")

    user = models.ForeignKey(User, models.CASCADE, related_name="views")
    list_name = models.CharField(max_length=40)
    name = models.CharField(pgettext_lazy("view", "name"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=list, blank=True)
    is_default = models.BooleanField(_("open the list with it"), default=False)
    shared = models.CharField(_("who sees it"), max_length=6, choices=Sharing, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_name", "name"],
                name="view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.UniqueConstraint(
                fields=["user", "list_name"], condition=Q(is_default=True), name="view_one_default"
            ),
            models.CheckConstraint(
                condition=Q(shared__in=["team", "branch"], unit__isnull=False)
                | Q(shared__in=["", "all"], unit=None),
                name="view_shared_with_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListColumns(models.Model):
    """The columns a person last chose for a list, without saving a view."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=40)
    columns = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("columns")
        verbose_name_plural = _("columns")
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="columns_once")]

    def __str__(self) -> str:
        return self.list_name
