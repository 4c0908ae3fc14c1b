"""What the mixed screens show."""
