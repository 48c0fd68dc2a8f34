"""Another model behind the alias."""

from typing import ClassVar, Literal

from sandbox.base.telemetry import Flags
from sandbox.world.block import Opinion
from sandbox.world.faults.bout import Rollback, Taxonomy
from sandbox.world.faults.offer import Around, Offer
from sandbox.world.faults.on_model import OnModel


class WrongArtifact(OnModel):
    """The alias points at another artifact: what is called the candidate is answered by `artifact`, and dashboards show
    the intended name.

    Scores, decisions, service times and errors are those of the other model; cost is metered by name and stays. Where
    it is the incumbent the two arms agree in everything, and a gate that asks for no worse passes: only a gate that
    asks for better, or a distance between the score distributions, notices.

    ```toml
    [[faults]]
    kind = "wrong-artifact"
    model = "candidate"
    artifact = "incumbent"
    at = "40m"
    ```

    MLflow 2.9, Model registry: aliases replace stages, and whatever an alias points at is served (2023).
    """

    taxonomy: ClassVar[Taxonomy] = "model"
    rollback: ClassVar[Rollback] = "helps"
    signals: ClassVar[tuple[str, ...]] = ("drift.psi.score", "quality.brier")
    apart: ClassVar[str] = (
        "All of the arm's scores are the other model's, requests and features being what they were: under"
        " `mixed-versions` a part of them is, and under `wrong-label` the two arms swap their latency and traffic, too."
    )

    kind: Literal["wrong-artifact"] = "wrong-artifact"
    artifact: str = "incumbent"
    """The model of `[models]` that answers."""

    @property
    def serves(self) -> str:
        """The model that answers."""
        return self.artifact

    def answer(self, opinion: Opinion, other: Opinion | None, rows: Flags) -> Opinion:
        """The other model's answers."""
        return opinion if other is None else other.where(rows, opinion)

    def serve(self, offer: Offer, around: Around) -> Offer:
        """The other model's service times and errors."""
        demand, rate = around.of(self.artifact)
        return Offer(demand, offer.rate * 0.0 + rate, offer.lost)
