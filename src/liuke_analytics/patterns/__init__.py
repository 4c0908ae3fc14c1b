"""Which order of changes comes before a loss: mined, compared with people alike, corrected."""

from liuke_analytics.patterns.mining import Case, Pattern, Patterns, patterns

__all__ = ["Case", "Pattern", "Patterns", "patterns"]
