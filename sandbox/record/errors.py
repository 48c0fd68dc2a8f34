"""What the store says when it cannot do what it was asked."""


class StoreError(Exception):
    """A store could not be read or written; the message says what, where, and what to do."""


class CatalogueBusyError(StoreError):
    """Another process holds the catalogue and did not let go in time."""


class CatalogueDamagedError(StoreError):
    """The catalogue cannot be read; the parts it is made from are not touched by that."""


def first_line(error: BaseException) -> str:
    """The first line of an error's text."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
