"""Lint: plans that are valid and cannot work. One rule a file; what is expected of a world is reckoned, not flown."""
