"""All writes to the customer file."""

from liuke.customers.services.assets import save_asset
from liuke.customers.services.blocks import block_contact, unblock_contact
from liuke.customers.services.closing import (
    close_customers,
    reopen_buyers,
    reopen_customers,
    reopen_due,
    settle_closures,
    undo_many,
)
from liuke.customers.services.completeness import (
    forget_completeness,
    settle_completeness,
    weigh_profiles,
)
from liuke.customers.services.contacts import (
    NewConsent,
    note_results,
    prefer_point,
    record_consents,
    remove_point,
    require_open,
    save_point,
)
from liuke.customers.services.duplicates import Known, decide_pair, propose_pair
from liuke.customers.services.file import (
    EDITABLE,
    NewChild,
    NewCustomer,
    create_customer,
    record_customers,
    update_customer,
)
from liuke.customers.services.helping import (
    Help,
    add_collaborator,
    end_collaborator,
    end_help,
    expire_help,
    leave_off,
    put_helper,
)
from liuke.customers.services.holds import Held, set_holds
from liuke.customers.services.known import KnownCustomer, ensure_customers
from liuke.customers.services.locking import lock
from liuke.customers.services.many import (
    Batch,
    assign_customers,
    level_customers,
    place_owners,
    set_owners,
    tag_customers,
    undo_batch,
)
from liuke.customers.services.merging import merge_customers, undo_merge
from liuke.customers.services.own_fields import (
    Entry,
    LevelEntry,
    change_field,
    create_field,
    move_field,
    save_levels,
)
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
from liuke.customers.services.said import set_values
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
    "Entry",
    "Held",
    "Help",
    "Known",
    "KnownCustomer",
    "LevelEntry",
    "NewChild",
    "NewConsent",
    "NewContactPoint",
    "NewCustomer",
    "NewPerson",
    "NewRelation",
    "add_collaborator",
    "archive_customer",
    "assign_customers",
    "block_contact",
    "change_field",
    "change_relation",
    "close_customers",
    "create_customer",
    "create_field",
    "decide_pair",
    "end_collaborator",
    "end_help",
    "end_relation",
    "ensure_customers",
    "erase_customer",
    "expire_help",
    "forget_completeness",
    "forget_contact_dates",
    "keep_places",
    "keep_tally",
    "leave_off",
    "level_customers",
    "lock",
    "merge_customers",
    "move_field",
    "note_results",
    "place_owners",
    "prefer_point",
    "propose_pair",
    "put_helper",
    "record_consents",
    "record_customers",
    "record_people",
    "record_relations",
    "remove_person",
    "remove_point",
    "reopen_buyers",
    "reopen_customers",
    "reopen_due",
    "require_open",
    "reveal_phones",
    "save_asset",
    "save_kind",
    "save_levels",
    "save_person",
    "save_point",
    "set_holds",
    "set_owners",
    "set_state",
    "set_values",
    "settle_closures",
    "settle_completeness",
    "settle_stages",
    "tag_customers",
    "unblock_contact",
    "undo_batch",
    "undo_many",
    "undo_merge",
    "update_customer",
    "weigh_profiles",
]
