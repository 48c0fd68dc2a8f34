"""What the bundled scenario of three controllers claims: one candidate, three conclusions, each at its own time."""

from pathlib import Path

import tomli

from sandbox.run.session import fly
from sandbox.scenario.document import Document
from sandbox.scenario.plan import Plan

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "what-teams-run.toml"
MINUTE = 60 * 10**9


def test_three_controllers_conclude_three_things_of_one_candidate() -> None:
    text = FILE.read_text()
    flight = fly(Plan(name="teams", text=text, document=Document.model_validate(tomli.loads(text))))
    said: dict[str, list[tuple[float, str]]] = {}
    for entry in flight.journal:
        if entry.kind == "gate":
            said.setdefault(entry.facts["kind"], []).append((entry.at / MINUTE, entry.facts["verdict"]))
    # An absolute limit of 2% on 1.5%: measured first after its delay, and never failed.
    assert {verdict for at, verdict in said["threshold"] if at < 2} <= {"no_data"}
    assert {verdict for at, verdict in said["threshold"] if at >= 2} == {"pass"}
    # Flagger: failures from the first interval on, rolled back threshold intervals after the first.
    assert {verdict for at, verdict in said["checks"] if 1 <= at < 6} == {"inconclusive"}
    assert said["checks"][-1] == (6, "fail")
    # Kayenta: nothing before its interval has passed, then at once.
    assert {verdict for at, verdict in said["canary-score"] if at < 5} == {"no_data"}
    assert {verdict for at, verdict in said["canary-score"] if at >= 5} == {"fail"}
