"""What breaks: one kind a file."""
