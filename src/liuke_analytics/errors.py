"""What the statistics refuse, and in which words."""

from collections.abc import Mapping
from types import MappingProxyType

from liuke_analytics.saying import Said, say

# Why a row of a file is left out, by the codes of `orders.REASONS`.
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "no_customer": "without a customer",
        "no_date": "without a date, or with none that can be read",
        "later": "dated later than the day judged on",
        "no_amount": "without an amount, or with none that is a number",
        "negative_amount": "with a negative amount",
    }
)


class NotEnoughData(Said):
    """The data cannot carry the model. `have` of the `needed` things named by `what` are there.

    `why` says more; `left_out` counts rows of a file that could not be used, by reason.
    """

    def __init__(
        self,
        what: str,
        *,
        needed: int,
        have: int,
        why: str = "",
        left_out: Mapping[str, int] | None = None,
    ) -> None:
        self.what = what
        self.needed = needed
        self.have = have
        self.why = why
        self.left_out = dict(left_out or {})
        super().__init__(
            "not enough data: {needed:,} {what} needed, {have:,} there",
            what=what, needed=needed, have=have,
        )  # fmt: skip

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: str) -> str:
        """The refusal in "zh" or "en"."""
        what = say(self.what, language)
        text = say(self.template, language, what=what, needed=self.needed, have=self.have)
        why = say(self.why, language) or say(", ", language).join(
            say("{rows:,} {reason}", language, rows=rows, reason=say(LEFT_OUT[code], language))
            for code, rows in self.left_out.items()
        )
        return text + (say(" ({why})", language, why=why) if why else "")
