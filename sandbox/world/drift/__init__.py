"""What bends the population: one kind a file."""
