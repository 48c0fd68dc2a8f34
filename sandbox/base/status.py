"""How a request may end; what was offered is the sum of these and what is still in flight."""

from enum import IntEnum


class Status(IntEnum):
    """The fate of one request."""

    ANSWERED = 0
    REJECTED = 1
    TIMED_OUT = 2
    ERRORED = 3
    ABSENT = 254
    """Its user had left: it never came, and is not counted."""
    IN_FLIGHT = 255


STATUSES = (Status.ANSWERED, Status.REJECTED, Status.TIMED_OUT, Status.ERRORED)
