from liuke.customers.models.asset import Asset
from liuke.customers.models.closure import Closure
from liuke.customers.models.consent import Consent
from liuke.customers.models.contact import ContactBlock, ContactPoint
from liuke.customers.models.customer import NOT_SAID, Customer, Tag
from liuke.customers.models.duplicates import (
    CustomerMerge,
    DuplicatePair,
    FormerCustomer,
    PrimaryMobile,
)
from liuke.customers.models.helping import Collaborator
from liuke.customers.models.hold import Hold
from liuke.customers.models.merge_runs import MergeRun
from liuke.customers.models.people import Person, PersonRole
from liuke.customers.models.profile import Child, FieldChoice, FieldValue, Level, ProfileField
from liuke.customers.models.relations import Relation, RelationKind, RelationStrength
from liuke.customers.models.state import CustomerState, CustomerTally

__all__ = [
    "NOT_SAID",
    "Asset",
    "Child",
    "Closure",
    "Collaborator",
    "Consent",
    "ContactBlock",
    "ContactPoint",
    "Customer",
    "CustomerMerge",
    "CustomerState",
    "CustomerTally",
    "DuplicatePair",
    "FieldChoice",
    "FieldValue",
    "FormerCustomer",
    "Hold",
    "Level",
    "MergeRun",
    "Person",
    "PersonRole",
    "PrimaryMobile",
    "ProfileField",
    "Relation",
    "RelationKind",
    "RelationStrength",
    "Tag",
]
