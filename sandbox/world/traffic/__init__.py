"""Where requests come from: one kind a file."""
