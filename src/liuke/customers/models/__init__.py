from liuke.customers.models.asset import Asset
from liuke.customers.models.contact import ContactBlock, ContactPoint
from liuke.customers.models.customer import NOT_SAID, Customer, Tag
from liuke.customers.models.duplicates import (
    CustomerMerge,
    DuplicatePair,
    FormerCustomer,
    PrimaryMobile,
)
from liuke.customers.models.state import CustomerState, CustomerTally

__all__ = [
    "NOT_SAID",
    "Asset",
    "ContactBlock",
    "ContactPoint",
    "Customer",
    "CustomerMerge",
    "CustomerState",
    "CustomerTally",
    "DuplicatePair",
    "FormerCustomer",
    "PrimaryMobile",
    "Tag",
]
