"""What goes wrong before a flight begins."""


class RigError(Exception):
    """Something the plan names cannot be loaded; the message says what, where and what to do."""
