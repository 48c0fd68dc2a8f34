"""What answers: one kind of model a file."""
