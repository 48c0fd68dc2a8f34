"""Questions asked of a step: one kind a file."""
