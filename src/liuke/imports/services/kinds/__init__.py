"""The kinds of record that a file can hold besides orders: one line, one declaration each."""

from liuke.imports.services.kinds.assets import ASSETS
from liuke.imports.services.kinds.contacts import CONTACTS
from liuke.imports.services.kinds.customers import CUSTOMERS
from liuke.imports.services.kinds.interactions import INTERACTIONS
from liuke.imports.services.kinds.people import PEOPLE

# Where two explain a file equally well, the first one is proposed.
KINDS = {kind.shape.name: kind for kind in (CUSTOMERS, INTERACTIONS, ASSETS, PEOPLE, CONTACTS)}

__all__ = ["KINDS"]
