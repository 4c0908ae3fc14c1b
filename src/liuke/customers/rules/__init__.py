"""What makes a customer record acceptable. No database, no clock."""

from liuke.customers.rules.file import (
    RECOVERED_FOR,
    Kind,
    Stage,
    churn_state,
    kind_of,
    plate_key,
    stage_of,
)

__all__ = ["RECOVERED_FOR", "Kind", "Stage", "churn_state", "kind_of", "plate_key", "stage_of"]
