from liuke.customers.models.asset import Asset
from liuke.customers.models.contact import ContactBlock, ContactPoint
from liuke.customers.models.customer import NOT_SAID, Customer, Tag
from liuke.customers.models.hold import Hold
from liuke.customers.models.state import CustomerState, CustomerTally

__all__ = [
    "NOT_SAID",
    "Asset",
    "ContactBlock",
    "ContactPoint",
    "Customer",
    "CustomerState",
    "CustomerTally",
    "Hold",
    "Tag",
]
