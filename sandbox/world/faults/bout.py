"""When a fault is imposed and lifted, and on whom."""

from pydantic import Field

from sandbox.base.spec import Spec
from sandbox.base.units import Duration


class Bout(Spec):
    """The keys every fault has."""

    model: str = "candidate"
    """The model whose pool it strikes; "all" strikes every pool."""
    at: Duration = 0
    """When it is imposed."""
    lasts: Duration | None = Field(default=None, gt=0)
    """How long until it is lifted; to the end unless said."""

    def strikes(self, model: str) -> bool:
        """Whether it is imposed on this model's pool."""
        return self.model in ("all", model)
