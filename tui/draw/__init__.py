"""Pure functions from numbers to rows of characters."""
