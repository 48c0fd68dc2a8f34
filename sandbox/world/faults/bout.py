"""When a fault is imposed and lifted, what it may touch, and what every kind says about itself."""

from typing import ClassVar, Literal

from pydantic import Field

from sandbox.base.routing import RoutingTable
from sandbox.base.spec import Spec
from sandbox.base.telemetry import Flags
from sandbox.base.units import Duration
from sandbox.base.window import Layout, Window
from sandbox.world.block import Opinion
from sandbox.world.faults.dying import Dying
from sandbox.world.faults.hitch import Hitch
from sandbox.world.faults.offer import Around, Offer

Taxonomy = Literal["model", "platform", "rollout", "observability", "none"]
Rollback = Literal["helps", "does not help", "makes it worse", "is not needed"]
Needs = Literal["", "notify", "follow_share", "alerts", "shadow"]
FOR_EVER = 2**62
"""When a fault that is never lifted is lifted."""


class Bout(Spec):
    """The keys every fault has, and all it could touch: each kind overrides what it does, the rest leaves as it was."""

    taxonomy: ClassVar[Taxonomy] = "none"
    """Where a diagnosis should look."""
    rollback: ClassVar[Rollback] = "is not needed"
    """What rolling back does about it."""
    signals: ClassVar[tuple[str, ...]] = ()
    """Metrics on which an alert ought to fire."""
    apart: ClassVar[str] = ""
    """How it is told apart from its neighbours."""
    knows_aside: ClassVar[bool] = False
    """Whether it asks who is shadowed, or whose user was a candidate's before."""
    needs: ClassVar[Needs] = ""
    """What the plan must have for it to do anything."""

    kind: str
    at: Duration = 0
    """When it is imposed."""
    lasts: Duration | None = Field(default=None, gt=0)
    """How long until it is lifted; to the end unless said."""

    @property
    def until(self) -> int:
        """When it is lifted, in ns."""
        return FOR_EVER if self.lasts is None else self.at + self.lasts

    @property
    def whose(self) -> str:
        """The model it names; empty where it names none."""
        return ""

    def strikes(self, model: str) -> bool:
        """Whether it is imposed on this model's pool."""
        return False

    # On pools.

    def serve(self, offer: Offer, around: Around) -> Offer:
        """The requests that a pool is offered, as it serves them meanwhile."""
        return offer

    def slots(self, wanted: int) -> int:
        """How many slots a pool has that should have `wanted`."""
        return wanted

    @property
    def dying(self) -> Dying | None:
        """When replicas die."""
        return None

    def leaked(self, elapsed: int) -> int:
        """Bytes that each replica holds for nothing after `elapsed` ns."""
        return 0

    @property
    def wears(self) -> bool:
        """Whether it wears replicas out, so that in those that were restarted it begins anew."""
        return False

    @property
    def start_takes(self) -> int:
        """How much longer a new replica takes before it serves, in ns."""
        return 0

    @property
    def scaling_takes(self) -> int:
        """How much later a pool follows its share, in ns."""
        return 0

    # On answers.

    @property
    def serves(self) -> str:
        """The model that answers in place of the one it strikes."""
        return ""

    def answer(self, opinion: Opinion, other: Opinion | None, rows: Flags) -> Opinion:
        """What a model answers, rows (n,) being those that arrive meanwhile; other is the opinion of `serves`."""
        return opinion

    @property
    def rescores(self) -> bool:
        """Whether it changes scores and leaves it to the threshold what they come to."""
        return False

    @property
    def part_of_answers(self) -> float:
        """The part of the answers that it touches."""
        return 1.0

    # On the way from a decision to the split.

    def carry_out(self, before: RoutingTable, wanted: RoutingTable, *, new: bool) -> tuple[int, RoutingTable]:
        """After how many ns which table is in force; `new` says that `wanted` was set since the fault struck."""
        return 0, wanted

    @property
    def flips(self) -> float:
        """The part of requests whose arm is drawn anew."""
        return 0.0

    @property
    def stuck(self) -> bool:
        """Whether nobody decides anything."""
        return False

    @property
    def remembers(self) -> bool:
        """Whether it must be told who had been answered by a candidate."""
        return False

    # On what is seen and told.

    def tell(self, window: Window, last: Window | None, layout: Layout) -> tuple[int, Window | None]:
        """A window that ends meanwhile as it gets through: after how many ns more, or never; `last` got through before.
        """
        return 0, window

    def hinder(self, hitch: Hitch) -> Hitch:
        """How alerting works meanwhile."""
        return hitch
