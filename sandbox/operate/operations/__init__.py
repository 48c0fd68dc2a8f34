"""Everything that can be asked of a flight, each with the condition on which it may be granted."""
