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
    "sibling": Reason(
        gettext_lazy("Left out with row %(other)s of the same order"),
        gettext_lazy("Correct that row, then import the file again."),
    ),
    "conflict": Reason(
        gettext_lazy("This number is already recorded with other content"),
        gettext_lazy("Correct the file, or void the recorded order first."),
    ),
}


def reason_text(problem: str, other: int | None = None) -> str:
    """`problem` is code:field as `judging` writes it."""
    text = str(REASONS[code_of(problem)].text)
    return text % {"other": other} if other is not None and "%(other)s" in text else text


def summary_text(problem: str) -> str:
    """The reason without a row number, for counting."""
    if code_of(problem) == "sibling":
        return _("Left out with another row of the same order")
    return str(REASONS[code_of(problem)].text)


def remedy_text(problem: str) -> str:
    return str(REASONS[code_of(problem)].remedy)


def code_of(problem: str) -> str:
    return problem.partition(":")[0]


def field_of(problem: str) -> str:
    return problem.partition(":")[2]
