"""Rates with their uncertainty."""

import math

Z95 = 1.959963984540054


def wilson(part: int, whole: int, z: float = Z95) -> tuple[float, float] | None:
    """The Wilson score interval of part ÷ whole, as (low, high) shares; None when whole is 0.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    if whole == 0:
        return None
    share = part / whole
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    middle = share + z * z / (2 * whole)
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
