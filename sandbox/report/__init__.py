"""What a flight says when it is over."""
