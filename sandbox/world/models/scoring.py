"""A model that is run: it gets the features of a batch of requests and returns their scores."""

from sandbox.world.models.timed import Timed


class Scoring(Timed):
    """What all kinds of model that are run share."""

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The files it depends on, each with what it is to it; relative to the scenario or "cache:NAME"."""
        raise NotImplementedError

    @property
    def said(self) -> str:
        """What it is called in a message."""
        raise NotImplementedError
