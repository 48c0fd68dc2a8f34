"""`services.NAME.shed`: what a pool turns away though there is room."""

from pydantic import Field, model_validator

from sandbox.base.spec import Spec
from sandbox.base.units import Duration


class Shedding(Spec):
    """Load that a pool sheds before its queue is full: `{ wait = "500ms", extra = 20 }`.

    By `wait` whoever would wait longer than that for a slot, as far as the pool can tell from how many wait and how
    long service took of late. By `extra` the less important first: retries, second tries, shadows and what other models
    fall back with are turned away where so many wait already; a request that asks for the first time is not.

    Beyer, Jones, Petoff, Murphy (eds.): Site Reliability Engineering, O'Reilly 2016, chapter 21, on criticality.
    """

    wait: Duration | None = Field(default=None, gt=0)
    """The longest wait that a request is taken in for."""
    extra: int | None = Field(default=None, ge=0)
    """How many may wait where what is less important is still taken in."""

    @model_validator(mode="after")
    def _says_something(self) -> "Shedding":
        if self.wait is None and self.extra is None:
            raise ValueError('it sheds nothing; say wait = "500ms" or extra = 20')
        return self
