"""Why a row was left out, and what to do about it: short, in the words of the reader."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SHORTEN = gettext_lazy("Shorten it.")
WRITE_NUMBER = gettext_lazy("Write a plain number, for example 1234.50.")
WRITE_DATE = gettext_lazy("Write a date like 2026-11-22.")


@dataclass(frozen=True, slots=True)
class Reason:
    text: str | Promise
    remedy: str | Promise


REASONS: dict[str, Reason] = {
    "wide": Reason(
        gettext_lazy("The row has more cells than the table has columns"),
        gettext_lazy("Put text that contains the separator in quotation marks."),
    ),
    "formula": Reason(
        gettext_lazy("The cell holds a formula"),
        gettext_lazy("Copy the column and paste it as values."),
    ),
    "long": Reason(gettext_lazy("The text is too long"), SHORTEN),
    "empty": Reason(gettext_lazy("The cell is empty"), gettext_lazy("Fill it in.")),
    "date": Reason(gettext_lazy("There is no such date"), WRITE_DATE),
    "future": Reason(
        gettext_lazy("The date lies in the future"),
        gettext_lazy("Only what has happened can be imported. Correct the date."),
    ),
    "early": Reason(gettext_lazy("The year cannot be right"), gettext_lazy("Correct the date.")),
    "number": Reason(gettext_lazy("This is not a number"), WRITE_NUMBER),
    "percent": Reason(gettext_lazy("This is a percentage, not money"), WRITE_NUMBER),
    "huge": Reason(gettext_lazy("The number is too large"), gettext_lazy("Correct the number.")),
    "signs": Reason(
        gettext_lazy("Quantity and price are both negative"),
        gettext_lazy("For a return, make only the quantity negative."),
    ),
    "zero": Reason(
        gettext_lazy("The row carries no money"),
        gettext_lazy("Nothing to do for gifts and samples; otherwise enter the price."),
    ),
    "zero_total": Reason(
        gettext_lazy("The whole order comes to zero"),
        gettext_lazy("Nothing to do for gifts and samples; otherwise enter the price."),
    ),
    "gap": Reason(
        gettext_lazy("No customer, although other rows of this order have one"),
        gettext_lazy("Fill in the customer in every row of the order."),
    ),
    "two_customers": Reason(
        gettext_lazy("One order number with two customers"),
        gettext_lazy("Give each customer an order number of its own."),
    ),
    "undone": Reason(
        gettext_lazy("Cancelled, refunded or not paid"),
        gettext_lazy(
            "Nothing to do; if it is a sale all the same, choose no column for the status."
        ),
    ),
    "sibling": Reason(
        gettext_lazy("Left out with row %(other)s of the same order"),
        gettext_lazy("Correct that row, then import the file again."),
    ),
    "conflict": Reason(
        gettext_lazy("This number is already recorded with other content"),
        gettext_lazy("Correct the file, or void the recorded order first."),
    ),
    "choice": Reason(
        gettext_lazy("This is none of the possible values"),
        gettext_lazy("Use the words of the program, as its own forms show them."),
    ),
    "value": Reason(
        gettext_lazy("This is no value of this field"),
        gettext_lazy("Write it as the form of a customer takes it."),
    ),
    "cut": Reason(
        gettext_lazy("Excel has cut the last figures of this number off"),
        gettext_lazy("Format the column as text in the original file and export it again."),
    ),
    "phone": Reason(
        gettext_lazy("This is no phone number"), gettext_lazy("Enter the whole number.")
    ),
    "email": Reason(
        gettext_lazy("This is no e-mail address"), gettext_lazy("Enter it like name@firm.com.")
    ),
    "owner": Reason(
        gettext_lazy("Nobody in your scope has this name"),
        gettext_lazy("Enter the name as it stands under Settings → People."),
    ),
    "assign": Reason(
        gettext_lazy("Your role may not give customers to others"),
        gettext_lazy("Ask somebody who may."),
    ),
    "branch": Reason(
        gettext_lazy("There is no such branch in your scope"),
        gettext_lazy("Enter the name of the branch as it stands in the settings."),
    ),
    "plate": Reason(
        gettext_lazy("This plate belongs to another customer"),
        gettext_lazy("Take it out of service there first."),
    ),
    "next": Reason(
        gettext_lazy("A next step needs a day after the contact"),
        gettext_lazy("Enter the day on which it is due."),
    ),
    "twice": Reason(
        gettext_lazy("The same value stands in row %(other)s"),
        gettext_lazy("Keep one of the two rows, or choose to create both."),
    ),
    "same_customer": Reason(
        gettext_lazy("Another row is about the same customer"),
        gettext_lazy("Put what both say into one row."),
    ),
    "namesake": Reason(
        gettext_lazy("Somebody of this name is recorded already, and can be reached otherwise"),
        gettext_lazy("Enter the number or mobile, or record this customer by hand."),
    ),
    "several": Reason(
        gettext_lazy("Several customers have this value"),
        gettext_lazy("Choose another way to find customers, for example their number."),
    ),
    "no_customer": Reason(
        gettext_lazy("There is no such customer"),
        gettext_lazy("Import the customers first, or correct the value."),
    ),
    "foreign": Reason(
        gettext_lazy("This customer is out of your reach"),
        gettext_lazy("Ask the owner, or somebody who sees the whole firm."),
    ),
    "taken": Reason(
        gettext_lazy("Another customer has this number already"),
        gettext_lazy("Choose to update them, or to create a second one all the same."),
    ),
}
# Reasons that a message completes instead of replacing them.
NAMED = frozenset({"foreign", "taken", "same_customer", "value"})


def reason_text(problem: str, other: int | None = None) -> str:
    """`problem` is code:field as `judging` writes it."""
    text = str(REASONS[code_of(problem)].text)
    return text % {"other": other} if other is not None and "%(other)s" in text else text


def summary_text(problem: str) -> str:
    """The reason without a row number, for counting."""
    if code_of(problem) == "sibling":
        return _("Left out with another row of the same order")
    if code_of(problem) == "twice":
        return _("The same value stands in an earlier row")
    return str(REASONS[code_of(problem)].text)


def remedy_text(problem: str) -> str:
    return str(REASONS[code_of(problem)].remedy)


def code_of(problem: str) -> str:
    return problem.partition(":")[0]


def field_of(problem: str) -> str:
    return problem.partition(":")[2]
