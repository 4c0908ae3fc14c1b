"""The three demo firms: what they sell, to whom, how often."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liuke.sales.rules import OrderKind

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Profile:
    business: str
    firm: str
    branches: tuple[str, str]
    customers: int
    # Share of organizations among them.
    organizations: float
    # Median days between two visits and their spread between customers.
    gap: float
    gap_of_organizations: float
    spread: float
    kind: OrderKind
    has_cars: bool
    prefix: str
    lines: tuple[int, ...]
    quantities: tuple[int, ...]

    @property
    def work(self) -> Sequence[tuple[str, int, int]]:
        return [tuple(row) for row in WORDS["work"][self.business]]

    @property
    def sources(self) -> Sequence[str]:
        return list(WORDS["sources"][self.business])

    @property
    def things(self) -> dict[str, str]:
        return dict(WORDS["things"][self.business])


PROFILES = {
    profile.business: profile
    for profile in (
        Profile(
            "workshop", "顺达汽修", ("徐汇店", "闵行店"), customers=2000, organizations=0.03,
            gap=140, gap_of_organizations=75, spread=0.32, kind=OrderKind.VISIT, has_cars=True,
            prefix="GD", lines=(0, 0, 0, 1, 1, 2), quantities=(1,),
        ),
        Profile(
            "wholesale", "华联汽配批发", ("浦东仓", "宝山仓"), customers=160, organizations=0.85,
            gap=24, gap_of_organizations=18, spread=0.4, kind=OrderKind.SALE, has_cars=False,
            prefix="XS", lines=(1, 2, 3, 4, 5), quantities=(2, 4, 5, 6, 10, 12, 20),
        ),
        Profile(
            "retail", "晨光咖啡", ("静安店", "长宁店"), customers=400, organizations=0.04,
            gap=34, gap_of_organizations=21, spread=0.45, kind=OrderKind.SALE, has_cars=False,
            prefix="LS", lines=(0, 0, 1, 1, 2), quantities=(1, 1, 1, 2),
        ),
    )
}  # fmt: skip
