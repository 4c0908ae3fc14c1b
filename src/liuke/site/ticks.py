"""What time does, in order. Each line may run late or twice; it catches up and changes nothing."""

from liuke.churn import services as churn
from liuke.core.ticks import Tick
from liuke.sales import services as sales

TICKS: dict[str, Tick] = {
    "sales.value_year": sales.advance,
    "churn.clocks": churn.advance,
}
