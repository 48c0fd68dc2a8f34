"""greenroom: rehearse the rollout of a model before any user is touched."""

__version__ = "0.1.0"
