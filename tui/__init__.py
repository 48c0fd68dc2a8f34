"""The terminal cockpit."""
