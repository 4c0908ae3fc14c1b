"""What each kind of record holds of a customer, and what becomes of it when a person is erased.

A kind that points at a customer and is not here fails a test: somebody has to say what it is.
"""

from collections.abc import Mapping

from liuke.customers.services.privacy import Fate, Part

PARTS: Mapping[str, Part] = {
    "customers.customer": Part(Fate.BLANK),
    "customers.contactpoint": Part(Fate.DELETE),
    "customers.contactblock": Part(Fate.BLANK),
    "customers.closure": Part(Fate.BLANK),
    "customers.consent": Part(Fate.DELETE),
    "customers.person": Part(Fate.DELETE),
    "customers.personrole": Part(Fate.DELETE),
    "customers.relation": Part(Fate.DELETE),
    "customers.relationstrength": Part(Fate.DELETE),
    "customers.asset": Part(Fate.BLANK),
    "customers.fieldvalue": Part(Fate.DELETE),
    "customers.child": Part(Fate.DELETE),
    # Who may be whom, and who shares whose phone; the mobile of the other one stays the other's.
    "customers.duplicatepair": Part(Fate.DELETE),
    "customers.primarymobile": Part(Fate.DELETE, ways=("customer",)),
    # The old number still leads to what is left.
    "customers.formercustomer": Part(Fate.BLANK),
    "customers.customerstate": Part(Fate.KEEP),
    "customers.customer_tags": Part(Fate.DELETE),
    "customers.collaborator": Part(Fate.BLANK),
    "customers.hold": Part(Fate.BLANK, keep=("source",)),
    "ownership.ownerperiod": Part(Fate.BLANK),
    # Days and numbers, and who decided; the words of both go.
    "ownership.conflict": Part(Fate.BLANK),
    "ownership.decision": Part(Fate.BLANK),
    "ownership.handedcustomer": Part(Fate.KEEP),
    "agenda.agendaitem": Part(Fate.BLANK, keep=("episode",)),
    "agenda.question": Part(Fate.DELETE),
    # The number is what keeps an order from being recorded, and its sum from counting, twice.
    "sales.order": Part(Fate.BLANK, keep=("number", "currency", "digest", "origin")),
    "sales.orderline": Part(Fate.BLANK),
    # Who earned how much of it; nothing of the customer.
    "sales.ordershare": Part(Fate.KEEP),
    "followups.interaction": Part(Fate.BLANK),
    "churn.clock": Part(Fate.KEEP),
    "churn.transition": Part(Fate.KEEP),
    # Sums of what the clocks and purchases say already.
    "churn.counted": Part(Fate.IRRELEVANT),
}
