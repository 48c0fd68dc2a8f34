"""Scorecards as text: one format a file."""
