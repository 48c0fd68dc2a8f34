"""Faults that lie on the pools of models."""

from pydantic import Field

from sandbox.world.faults.bout import Bout


class OnModel(Bout):
    """The keys of a fault that strikes a model's pool, or what it answers."""

    model: str = "candidate"
    """The model whose pool it strikes; "all" strikes every pool."""
    segments: list[str] = Field(default=[])
    """The segments whose requests it touches; all unless said."""

    @property
    def whose(self) -> str:
        """The model it names."""
        return self.model

    def strikes(self, model: str) -> bool:
        """Whether it is imposed on this model's pool."""
        return self.model in ("all", model)
