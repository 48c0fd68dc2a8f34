"""The session: where decision meets world, in one place."""
