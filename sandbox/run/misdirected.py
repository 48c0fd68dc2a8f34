"""A table of notification as it works while something is wrong with it."""

from sandbox.decide.notify.table import Inhibit, NotifyTable, Route, Silence
from sandbox.world.faults.hitch import Hitch

FOR_EVER = 2**62


def misdirected(table: NotifyTable, hitch: Hitch) -> NotifyTable:
    """The table with a hitch's silences and inhibitions, and with everything sent to the wrong people."""
    silences = [Silence.model_construct(match=dict(match), from_=0, until=FOR_EVER) for match in hitch.silences]
    inhibit = [Inhibit(source=dict(source), target=dict(target)) for source, target in hitch.mutes]
    changed: dict[str, object] = {
        "silences": [*table.silences, *silences], "inhibit": [*table.inhibit, *inhibit],
    }
    if hitch.sent_to:
        changed |= {"to": hitch.sent_to, "routes": [_sent(route, hitch.sent_to) for route in table.routes]}
    return table.model_copy(update=changed)


def _sent(route: Route, to: str) -> Route:
    return route.model_copy(update={
        "to": to, "escalate_to": to if route.escalate_to else "", "routes": [_sent(one, to) for one in route.routes],
    })
