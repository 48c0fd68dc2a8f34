"""Sequential statistics as pure functions: one family of formulas a file, each checked against published numbers."""
