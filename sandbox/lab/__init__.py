"""Many flights."""
