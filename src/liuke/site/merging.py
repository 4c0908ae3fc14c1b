"""How tables behave when two customers become one, where it is not enough that rows change hands.

A test fails for a new foreign key to Customer whose rows can collide and that is not in here.
"""

from liuke.agenda.rules import Ending
from liuke.core import clock
from liuke.customers.rules.closing import Reopened
from liuke.customers.services.dependents import Colliding, Derived, Rules
from liuke.ownership.rules.conflicts import State

MERGING: Rules = {
    # The survivor's preferred way stays preferred; the same number twice is once.
    "customers.contactpoint": Colliding({"preferred": False}, either=("do_not_contact",)),
    # The survivor's word counts; the other one was said too.
    "customers.consent": Colliding({"replaced_at": clock.now}),
    # Nobody is a person around oneself, or related to oneself.
    "customers.person": Colliding({"known_as": None}),
    "customers.relation": Colliding({"ended_on": clock.today}),
    # The survivor's answer stands; nobody is named by oneself.
    "customers.fieldvalue": Colliding(apart=("customer", "other")),
    # One open block is enough to keep everybody from calling.
    "customers.contactblock": Colliding({"lifted_at": clock.now}),
    "agenda.agendaitem": Colliding({"closed_at": clock.now, "ending": Ending.OVER}),
    "customers.customer_tags": Colliding(),
    # Who helps with either helps with the survivor, once.
    "customers.collaborator": Colliding({"ended_at": clock.now}),
    # One hold of a source keeps the survivor as well.
    "customers.hold": Colliding({"lifted_at": clock.now}),
    # Set aside once is enough.
    "customers.closure": Colliding({"reopened_at": clock.now, "reopened": Reopened.MERGED}),
    # The survivor's history goes on; two at once would be two owners.
    "ownership.ownerperiod": Derived(kept=True),
    "ownership.handedcustomer": Colliding(),
    # One case of a person about the survivor is enough.
    "ownership.conflict": Colliding({"state": State.DROPPED, "verdict": ""}),
    "customers.customerstate": Derived(kept=True),
    # Which crossings were told as alarms follows from no other record.
    "churn.transition": Derived(kept=True),
    "churn.clock": Derived(),
    "churn.counted": Derived(),
}
