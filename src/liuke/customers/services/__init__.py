"""All writes to the customer file."""

from liuke.customers.services.contacts import (
    NewConsent,
    note_results,
    prefer_point,
    record_consents,
    remove_point,
    require_open,
    save_point,
)
from liuke.customers.services.file import (
    EDITABLE,
    KnownCustomer,
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
from liuke.customers.services.people import (
    NewPerson,
    record_people,
    remove_person,
    save_person,
)
from liuke.customers.services.phones import reveal_phones
from liuke.customers.services.points import NewContactPoint
from liuke.customers.services.privacy import archive_customer, erase_customer
from liuke.customers.services.relations import (
    NewRelation,
    change_relation,
    end_relation,
    record_relations,
    save_kind,
)
from liuke.customers.services.state import (
    STATE_COLUMNS,
    forget_contact_dates,
    keep_places,
    keep_tally,
    set_state,
    settle_stages,
)

__all__ = [
    "EDITABLE",
    "STATE_COLUMNS",
    "Batch",
    "KnownCustomer",
    "NewConsent",
    "NewContactPoint",
    "NewCustomer",
    "NewPerson",
    "NewRelation",
    "archive_customer",
    "assign_customers",
    "block_contact",
    "change_relation",
    "create_customer",
    "end_relation",
    "ensure_customers",
    "erase_customer",
    "forget_contact_dates",
    "keep_places",
    "keep_tally",
    "lock",
    "note_results",
    "prefer_point",
    "record_consents",
    "record_customers",
    "record_people",
    "record_relations",
    "remove_person",
    "remove_point",
    "require_open",
    "reveal_phones",
    "save_asset",
    "save_kind",
    "save_person",
    "save_point",
    "set_state",
    "settle_stages",
    "tag_customers",
    "unblock_contact",
    "undo_batch",
    "update_customer",
]
