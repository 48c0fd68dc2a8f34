"""Counts of a window to a number with n and its error: one family a file."""
