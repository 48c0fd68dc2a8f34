"""What a command may do to a flight, and when it may not."""

from sandbox.base.command import Command
from sandbox.decide.ramp.approving import next_step
from sandbox.decide.ramp.climb import Climb, Phase
from sandbox.decide.ramp.pacing import Pacing

KINDS = {
    "advance": "go to the next step of the ramp",
    "promote": "make the candidate answer everybody",
    "roll back": "send everybody back to the incumbent",
    "abort": "stop the rollout and send everybody back",
    "divert": "send one segment back to the incumbent, the others go on",
    "readmit": "let a segment that was sent back take part again",
    "hold": "stay on this step until resumed",
    "resume": "let the policy go on",
    "approve": "agree to the step that comes next, in a role",
    "acknowledge": "say that you have seen every notification so far",
}
"""Each command and what it does."""


def refusal(command: Command, *, climb: Climb, held: bool, ramp: Pacing, segments: tuple[str, ...]) -> str:
    """Why a command may not be granted now; empty where it may."""
    if command.kind not in KINDS:
        return f'no command "{command.kind}"; there is {", ".join(KINDS)}'
    if command.kind == "acknowledge":
        return ""
    if climb.over and command.kind != "roll back":
        return f"the rollout is over: {climb.phase.value.replace('_', ' ')}"
    if command.kind == "roll back" and climb.phase in (Phase.ROLLED_BACK, Phase.ABORTED, Phase.WAITING):
        return "the incumbent already answers everybody"
    if command.kind in ("advance", "promote") and climb.phase is Phase.WAITING:
        return "the ramp has not begun"
    if command.kind == "advance" and climb.step + 1 >= len(ramp.climbs):
        return "this is the last step; promote instead"
    if command.kind in ("divert", "readmit"):
        return _no_toggle(command, climb=climb, segments=segments)
    if command.kind == "approve":
        return _no_approval(str(command.arguments.get("role", "")), climb=climb, ramp=ramp)
    if command.kind == "hold" and held:
        return "already held"
    if command.kind == "resume" and not held:
        return "not held"
    return ""


def _no_toggle(command: Command, *, climb: Climb, segments: tuple[str, ...]) -> str:
    name, away = str(command.arguments.get("segment", "")), command.kind == "divert"
    if name not in segments:
        return f'no segment "{name}"; there is {", ".join(segments)}'
    if climb.phase is Phase.WAITING:
        return "the ramp has not begun"
    if (name in climb.diverted) is away:
        return f"{name} was sent back already" if away else f"{name} was not sent back"
    if away and {*climb.diverted, name} >= set(segments):
        return "no segment would be left; roll back instead"
    return ""


def _no_approval(role: str, *, climb: Climb, ramp: Pacing) -> str:
    step = next_step(ramp, climb)
    what = "the ramp" if step == 1 else "the step that comes next"
    wanted = [one.role for one in ramp.approvals if one.step == step]
    if not wanted:
        return f"{what} waits for nobody's approval"
    return "" if role in wanted else f'{what} waits for {", ".join(wanted)}, not for "{role}"'
