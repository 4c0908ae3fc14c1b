"""Who answers to which fact, in order. What `urls.py` is to requests, this is to facts."""

from liuke import facts
from liuke.agenda import services as agenda
from liuke.churn import services as churn
from liuke.core.announce import Reactions
from liuke.customers import services as customers
from liuke.facts import (
    AgendaSettled,
    AssetsChanged,
    ContactUnblocked,
    CustomersClosed,
    CustomersErased,
    CustomersMerged,
    CustomersMoved,
    CustomersRecorded,
    HelpEnded,
    LevelsChanged,
    OrdersRecorded,
    PeopleLeft,
)
from liuke.followups import services as followups
from liuke.imports import services as imports
from liuke.ownership import services as ownership
from liuke.sales import services as sales


def _purchases(fact: OrdersRecorded | CustomersMerged) -> None:
    sales.refresh_purchases(fact.customer_ids)
    customers.reopen_buyers(fact.customer_ids)


def _closures(fact: CustomersMerged) -> None:
    customers.settle_closures(fact.customer_ids)


def _clocks(
    fact: OrdersRecorded | AssetsChanged | CustomersClosed | CustomersErased | CustomersMerged,
) -> None:
    churn.refresh_clocks(fact.customer_ids)


def _contacts(
    fact: OrdersRecorded
    | ContactUnblocked
    | AgendaSettled
    | CustomersClosed
    | CustomersErased
    | CustomersMerged,
) -> None:
    followups.refresh_contacts(fact.customer_ids)


def _places(fact: CustomersMoved | CustomersMerged) -> None:
    customers.keep_places(fact.customer_ids)
    agenda.keep_places(fact.customer_ids)


def _left(fact: PeopleLeft) -> None:
    customers.leave_off(fact.user_ids)
    agenda.release(fact.user_ids)


def _alone(fact: HelpEnded) -> None:
    agenda.give_back(fact.customer_ids)


def _owners(fact: CustomersMoved | CustomersRecorded | CustomersMerged) -> None:
    ownership.follow(fact)


def _rules(fact: CustomersRecorded) -> None:
    moved = ownership.assign_new(fact)
    if moved is not None:
        # The history is written there already, with what the rule said.
        _places(moved)
        _months(moved)


def _pool_clocks(fact: LevelsChanged | CustomersMerged) -> None:
    ownership.refresh_pools(fact.customer_ids)


def _months(fact: CustomersMoved | CustomersMerged) -> None:
    churn.move_counts(fact.customer_ids)


def _files(fact: CustomersErased) -> None:
    imports.forget_rows()


REACTIONS: Reactions = {
    facts.OrdersRecorded: (_purchases, _clocks, _contacts),
    facts.AssetsChanged: (_clocks,),
    facts.ContactUnblocked: (_contacts,),
    facts.AgendaSettled: (_contacts,),
    facts.PeopleLeft: (_left,),
    facts.HelpEnded: (_alone,),
    facts.CustomersMoved: (_places, _owners, _months),
    facts.CustomersRecorded: (_owners, _rules),
    facts.LevelsChanged: (_pool_clocks,),
    facts.CustomersClosed: (_clocks, _contacts),
    facts.CustomersErased: (_clocks, _contacts, _files),
    facts.CustomersMerged: (
        _closures,
        _purchases,
        _clocks,
        _contacts,
        _places,
        _owners,
        _pool_clocks,
        _months,
    ),
}
