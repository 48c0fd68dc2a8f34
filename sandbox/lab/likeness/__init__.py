"""A world like a recording: each part is estimated on its own, then drawn again and laid beside it."""
