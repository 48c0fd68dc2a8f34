"""The file: read, checked, explained, and turned into a plan."""
