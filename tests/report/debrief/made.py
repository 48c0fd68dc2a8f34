"""Incidents made by hand: what people said and did, and what they were told, at instants that are known."""

from sandbox.base.journal import Entry
from sandbox.report.debrief.cause import Cause
from sandbox.report.harm import Onset
from tests.report.made import MINUTE, ramp

ERRORS = Cause(
    kind="errors", taxonomy="platform", model="candidate", at=2 * MINUTE, rollback="helps", signals=("errors.rate",)
)
SEEN = Onset(at=2 * MINUTE, evident_at=3 * MINUTE, explained_by="", net=40, requests=1000)


def command(at: int, kind: str, *, actor: str = "p-1", answer: str = "accepted", **arguments: object) -> Entry:
    facts = {"id": 1, "actor": actor, "kind": kind, "arguments": arguments, "answer": answer}
    return Entry(at, "command", facts | ({"reason": "no"} if answer == "refused" else {}))


def fires(at: int, *, alert: str = "candidate errors", severity: str = "page") -> Entry:
    return Entry(at, "alert", {
        "alert": alert, "kind": "rule", "severity": severity, "labels": {"arm": "candidate"}, "state": "firing",
        "was": "pending", "because": "", "value": 0.1, "active_at": at, "action": "none",
    })


def page(at: int) -> Entry:
    return Entry(at, "notify", {
        "sent_at": at, "to": "on-call", "route": [], "group": {}, "why": "new", "firing": ["candidate errors"],
        "resolved": [],
    })


WHOLE = (
    ramp(0, "step", because="the ramp begins"), fires(MINUTE, alert="early"), fires(4 * MINUTE),
    page(4 * MINUTE + 30), command(5 * MINUTE, "acknowledge"), command(5 * MINUTE + 30, "declare"),
    command(6 * MINUTE, "roll back"), ramp(6 * MINUTE, "roll back", share=0.0),
    command(7 * MINUTE, "diagnose", cause="errors"), command(8 * MINUTE, "update", audience="all", text="over"),
)
