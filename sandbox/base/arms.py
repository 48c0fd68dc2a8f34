"""The models of a flight as a list: the incumbent first, then one or more candidates."""

from dataclasses import dataclass

INCUMBENT = 0


@dataclass(frozen=True, slots=True)
class Arms:
    """The names of the models, incumbent first; an arm is an index into them."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.names) < 2:
            raise ValueError("a rollout needs an incumbent and at least one candidate")

    def __len__(self) -> int:
        return len(self.names)

    @property
    def candidates(self) -> range:
        """The arms that are being tried."""
        return range(1, len(self.names))

    def index(self, name: str) -> int:
        """The arm called `name`; raises ValueError."""
        return self.names.index(name)
