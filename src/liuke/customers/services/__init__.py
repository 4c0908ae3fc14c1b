"""All writes to the customer file."""

from liuke.customers.services.file import (
    EDITABLE,
    KnownCustomer,
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
from liuke.customers.services.holds import Held, set_holds
from liuke.customers.services.many import (
    Batch,
    assign_customers,
    set_owners,
    tag_customers,
    undo_batch,
)
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
    "Held",
    "KnownCustomer",
    "NewContactPoint",
    "NewCustomer",
    "assign_customers",
    "block_contact",
    "create_customer",
    "ensure_customers",
    "forget_contact_dates",
    "keep_tally",
    "lock",
    "record_customers",
    "save_asset",
    "set_holds",
    "set_owners",
    "set_state",
    "settle_stages",
    "tag_customers",
    "unblock_contact",
    "undo_batch",
    "update_customer",
]
