from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core import clock
from liuke.customers.models import Asset, Customer
from liuke.sales.rules import OrderKind


class Product(models.Model):
    """What lines of orders are about."""

    code = models.CharField(_("product number"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name or self.code


def firm_currency() -> str:
    return settings.LIUKE_CURRENCY


# A purchase day is a date with a positive order or a settled visit, free ones included.
PURCHASE = Q(total__gt=0) | Q(kind=OrderKind.VISIT)


class Order(models.Model):
    """A sale, a settled visit or a return. All money of the firm comes from here."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("asset")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=OrderKind, default=OrderKind.SALE)
    number = models.CharField(pgettext_lazy("order", "number"), max_length=60, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    day = models.DateField(_("day"), editable=False)
    total = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default=firm_currency)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(max_length=32, editable=False)
    origin = models.CharField(max_length=40, default="form", editable=False)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            # A number may appear once as a sale and once as the return that belongs to it.
            models.UniqueConstraint(
                fields=["number", "kind"], condition=~Q(number=""), name="order_number_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.RETURN, total__lte=0)
                | (~Q(kind=OrderKind.RETURN) & Q(total__gte=0)),
                name="order_sign_fits_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "day"], name="order_customer_day"),
            # The purchase days: what every churn clock and every month table is made of.
            models.Index(
                fields=["day", "customer", "asset"],
                condition=PURCHASE,
                name="order_purchase_days",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.day} {self.total}"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    text = models.CharField(_("what"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=4)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.price}"


class OrderShare(models.Model):
    """What part of an order counts for whom; without rows all of it counts for the owner.

    The helpers' rows come first and the main share closes the split: triggers refuse one that
    does not make 100, a row after it, and any change. A correction is a new split.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="shares")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="shares",
        db_index=False,
        verbose_name=_("person"),
    )
    day = models.DateField(_("day"), help_text="The order's, once more: sums go by it.")
    percent = models.PositiveSmallIntegerField(_("share in percent"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    is_main = models.BooleanField(_("main share"), default=False)

    # Whether the reader sees the customer: `queries.shares_visible_to` says it with the rows.
    seen: bool

    class Meta:
        verbose_name = _("share of an order")
        verbose_name_plural = _("shares of orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "person"], name="share_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(is_main=True), name="share_one_main"
            ),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="share_percent"),
        ]
        indexes = [models.Index(fields=["person", "day"], name="share_person_day")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.person_id} {self.percent}%"
