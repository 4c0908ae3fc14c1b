"""What the statistics refuse, and in which words."""


class NotEnoughData(ValueError):
    """The data cannot carry the model. `have` of the `needed` things named by `what` are there."""

    def __init__(self, what: str, *, needed: int, have: int, why: str = "") -> None:
        self.what = what
        self.needed = needed
        self.have = have
        self.why = why
        reason = f" ({why})" if why else ""
        super().__init__(f"not enough data: {needed} {what} needed, {have} there{reason}")
