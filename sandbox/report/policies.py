"""What the policies that rode along would have done."""

from dataclasses import dataclass

from sandbox.base.flight import Flight


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridden:
    """One policy: when it would first have done something else, what and why, and what was flown instead.

    Where it never parted `at` is None: it would have done the same.
    """

    policy: str
    at: int | None = None
    what: str = ""
    because: str = ""
    flown: str = ""


def ridden(flight: Flight) -> tuple[Ridden, ...]:
    """Each policy that rode along, as the file names them."""
    parted = {
        str(entry.facts["policy"]): Ridden(
            policy=str(entry.facts["policy"]), at=entry.at, what=str(entry.facts["what"]),
            because=str(entry.facts["because"]), flown=str(entry.facts["flown"]),
        )
        for entry in flight.journal if entry.kind == "policy"
    }
    names = [str(table["name"]) for table in flight.header.plan.get("policies", [])]
    return tuple(parted.get(name, Ridden(policy=name)) for name in names)
