"""All writes to the customer file."""

from liuke.customers.services.completeness import (
    forget_completeness,
    settle_completeness,
    weigh_profiles,
)
from liuke.customers.services.file import (
    EDITABLE,
    KnownCustomer,
    NewChild,
    NewContactPoint,
    NewCustomer,
    block_contact,
    create_customer,
    ensure_customers,
    lock,
    record_customers,
    save_asset,
    unblock_contact,
    update_customer,
)
from liuke.customers.services.many import Batch, assign_customers, tag_customers, undo_batch
from liuke.customers.services.own_fields import (
    Entry,
    LevelEntry,
    change_field,
    create_field,
    move_field,
    save_levels,
)
from liuke.customers.services.said import set_values
from liuke.customers.services.state import (
    STATE_COLUMNS,
    forget_contact_dates,
    keep_tally,
    set_state,
    settle_stages,
)

__all__ = [
    "EDITABLE",
    "STATE_COLUMNS",
    "Batch",
    "Entry",
    "KnownCustomer",
    "LevelEntry",
    "NewChild",
    "NewContactPoint",
    "NewCustomer",
    "assign_customers",
    "block_contact",
    "change_field",
    "create_customer",
    "create_field",
    "ensure_customers",
    "forget_completeness",
    "forget_contact_dates",
    "keep_tally",
    "lock",
    "move_field",
    "record_customers",
    "save_asset",
    "save_levels",
    "set_state",
    "set_values",
    "settle_completeness",
    "settle_stages",
    "tag_customers",
    "unblock_contact",
    "undo_batch",
    "update_customer",
    "weigh_profiles",
]
