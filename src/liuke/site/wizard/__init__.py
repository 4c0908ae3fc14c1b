"""The first run of a real firm: from nothing to whom to ring today."""
