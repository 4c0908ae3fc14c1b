"""Things of a customer that are served on a schedule."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import journal
from liuke.core.announce import announce
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import Asset
from liuke.customers.rules import plate_key
from liuke.customers.services.finding import reindex
from liuke.facts import AssetsChanged


@transaction.atomic
def save_asset(
    *,
    actor: User,
    customer_id: int,
    values: Mapping[str, Any],
    asset_id: int | None = None,
) -> Asset:
    """Add a thing we serve to a customer, or change it; `retired_on` ends its service."""
    require(actor, Act.EDIT_CUSTOMERS)
    customer = queries.visible_to(actor).select_for_update().get(pk=customer_id)
    require(actor, Act.EDIT_CUSTOMERS, customer)
    asset = Asset(customer=customer)
    if asset_id is not None:
        asset = Asset.objects.select_for_update().get(pk=asset_id, customer=customer)
    before = None if asset_id is None else _asset_snapshot(asset)
    for name in ("name", "serial", "retired_on"):
        if name in values:
            setattr(asset, name, values[name])
    asset.serial_normalised = plate_key(asset.serial)
    asset.full_clean()
    asset.save()
    reindex([customer.pk])
    verb = "asset.created" if before is None else "asset.updated"
    journal.record(
        actor, verb, [Change(asset, customer.pk, before=before, after=_asset_snapshot(asset))]
    )
    announce(AssetsChanged([customer.pk]))
    return asset


def _asset_snapshot(asset: Asset) -> dict[str, Any]:
    return model_to_dict(asset, fields=["name", "serial", "retired_on"])
