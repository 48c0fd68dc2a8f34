"""A model that is run: it gets the features of a batch of requests and returns their scores."""

from abc import abstractmethod

from sandbox.world.models.timed import Timed


class Scoring(Timed):
    """What all kinds of model that are run share."""

    @property
    @abstractmethod
    def files(self) -> tuple[tuple[str, str], ...]:
        """The files it depends on, each with what it is to it; relative to the scenario or "cache:NAME"."""

    @property
    @abstractmethod
    def said(self) -> str:
        """What it is called in a message."""
