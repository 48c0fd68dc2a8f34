"""Who is told what and when, held to a live Alertmanager and to the order of its decisions."""

import pytest
from pydantic import ValidationError

from sandbox.decide.alerts.machine import Labels
from sandbox.decide.notify.dispatch import Desk, acknowledge, advance, receive
from sandbox.decide.notify.notification import Notification
from sandbox.decide.notify.routing import paths
from sandbox.decide.notify.table import NotifyTable

SECOND = 10**9


def table(**keys: object) -> NotifyTable:
    return NotifyTable.model_validate(keys)


def labels(**values: str) -> Labels:
    return tuple(sorted(values.items()))


def fold(notify: NotifyTable, events: list[tuple[float, Labels, bool]], *, until: float) -> list[Notification]:
    desk, sent = Desk(), []
    for at, what, fires in sorted(events, key=lambda event: event[0]):
        desk, more = advance(notify, desk, upto=round(at * SECOND))
        desk = receive(notify, desk, what, fires=fires, at=round(at * SECOND))
        sent += more
    return sent + advance(notify, desk, upto=round(until * SECOND))[1]


def said(sent: list[Notification], name: str = "alertname") -> list[tuple[float, str, list[str], list[str]]]:
    def names(those: tuple[Labels, ...]) -> list[str]:
        return sorted(dict(one)[name] for one in those)

    return [(one.at / SECOND, one.to, names(one.firing), names(one.resolved)) for one in sent]


A1, A2 = labels(alertname="A", id="A1", severity="warn"), labels(alertname="A", id="A2", severity="warn")
B1 = labels(alertname="B", id="B1", severity="warn")
C = labels(alertname="C", id="C", severity="warn", model="candidate")
D = labels(alertname="D", id="D", severity="page", model="candidate")
E = labels(alertname="E", id="E1", severity="warn")


def test_the_timeline_is_that_of_a_live_alertmanager() -> None:
    # Recorded from prometheus-alertmanager 0.25.0 and 0.33.1, the same eleven notifications from both.
    notify = table(
        to="team", group_by=["alertname"], group_wait="2s", group_interval="5s", repeat_interval="12s",
        routes=[{"match": {"severity": "page"}, "to": "pager"}],
        inhibit=[{"source": {"severity": "page"}, "target": {"severity": "warn"}, "equal": ["model"]}],
        silences=[{"match": {"alertname": "E"}, "until": "9s"}],
    )
    # An alert without a model would share "no model" with a page without one; D has one, so only C is muted.
    events = [
        (0, A1, True), (0, B1, True), (0, D, True), (0.1, E, True), (0.2, C, True), (1, B1, False), (3, A2, True),
        (14, D, False), (24, A1, False), (29, A2, False),
    ]
    assert said(fold(notify, events, until=33), "id") == [
        (2, "team", ["A1"], []),
        (2, "pager", ["D"], []),
        (7, "team", ["A1", "A2"], []),
        (12.1, "team", ["E1"], []),
        (17, "pager", [], ["D"]),
        (17.2, "team", ["C"], []),
        (22, "team", ["A1", "A2"], []),
        (27, "team", ["A2"], ["A1"]),
        (27.1, "team", ["E1"], []),
        (32, "team", [], ["A2"]),
        (32.2, "team", ["C"], []),
    ]


def test_with_the_defaults_a_repeat_comes_after_four_hours_and_five_minutes() -> None:
    # Both are multiples of one another and the comparison is strict (DedupStage.needsUpdate: Before).
    sent = fold(table(), [(0, A1, True)], until=5 * 3600)
    assert [one.at / SECOND for one in sent] == [30, 30 + 4 * 3600 + 300]


def test_what_is_over_before_the_group_wait_is_never_told() -> None:
    assert fold(table(), [(0, A1, True), (20, A1, False)], until=3600) == []


def test_a_group_that_is_over_is_forgotten_and_the_next_alert_waits_anew() -> None:
    sent = fold(table(group_wait="10s", group_interval="60s"), [
        (0, A1, True), (15, A1, False), (100, A1, True)
    ], until=200)
    assert [(one.at / SECOND, one.why) for one in sent] == [(10, "new"), (70, "all over"), (110, "new")]


def test_without_send_resolved_the_end_is_not_told_but_remembered() -> None:
    notify = table(group_wait="10s", group_interval="60s", send_resolved=False)
    sent = fold(notify, [(0, A1, True), (15, A1, False), (100, A1, True)], until=200)
    assert [(one.at / SECOND, one.why) for one in sent] == [(10, "new"), (110, "new")]


def test_a_silenced_source_still_inhibits() -> None:
    notify = table(
        group_by=["alertname"], group_wait="1s",
        silences=[{"match": {"alertname": "D"}, "until": "1h"}],
        inhibit=[{"source": {"severity": "page"}, "target": {"severity": "warn"}, "equal": ["model"]}],
    )
    assert fold(notify, [(0, D, True), (0, C, True)], until=60) == []


def test_a_silence_is_over_at_the_instant_it_ends() -> None:
    notify = table(group_wait="1s", group_interval="1s", silences=[{"match": {"alertname": "A"}, "until": "5s"}])
    assert said(fold(notify, [(0, A1, True)], until=8))[0][0] == 5


def test_an_alert_on_both_sides_of_an_inhibition_is_not_muted_by_another_such() -> None:
    notify = table(group_by=["id"], group_wait="1s", inhibit=[
        {"source": {"severity": "warn"}, "target": {"severity": "warn"}}
    ])
    assert len(fold(notify, [(0, A1, True), (0, A2, True)], until=5)) == 2


ROUTES = [
    ({"severity": "page"}, [(0,)]),
    ({"severity": "page", "team": "ml"}, [(0, 1)]),
    ({"severity": "page", "team": "web"}, [(0, 0), (0, 1)]),
    ({"severity": "ticket"}, [(1,), (2,)]),
    ({"severity": "info"}, [()]),
]


@pytest.mark.parametrize(("values", "places"), ROUTES)
def test_routes_are_tried_depth_first_and_go_on_where_they_say_so(
    values: dict[str, str], places: list[tuple[int, ...]]
) -> None:
    notify = table(routes=[
        {"match": {"severity": "page"}, "to": "pager", "routes": [
            {"match": {"team": "web"}, "to": "web", "continue": True},
            {"match": {"severity": "page", "team": values.get("team", "ml") if "team" in values else "ml"}},
        ]},
        {"match": {"severity": "ticket"}, "to": "tracker", "continue": True},
        {"match": {"severity": "ticket"}, "group_wait": "0s"},
    ])
    found = paths(notify, labels(**values))
    assert [path.place for path in found] == places
    assert all(path.to in ("pager", "web", "tracker", "on-call") for path in found)


def test_who_does_not_acknowledge_is_escalated_once_and_who_does_is_not() -> None:
    notify = table(group_wait="0s", repeat_interval="10m", routes=[
        {"match": {"severity": "page"}, "to": "first", "escalate_after": "7m", "escalate_to": "second"}
    ])
    desk = receive(notify, Desk(), D, fires=True, at=0)
    _, sent = advance(notify, desk, upto=3600 * SECOND)
    assert [(one.at / SECOND, one.to) for one in sent][:3] == [(0, "first"), (420, "second"), (900, "first")]
    assert [one.to for one in sent].count("second") == 1
    desk, _ = advance(notify, desk, upto=400 * SECOND)
    _, sent = advance(notify, acknowledge(desk), upto=3600 * SECOND)
    assert {one.to for one in sent} == {"first"}


@pytest.mark.parametrize(("keys", "message"), [
    ({"group_interval": "0s"}, "greater than 0"),
    ({"repeat_interval": "0s"}, "greater than 0"),
    ({"routes": [{"escalate_after": "5m"}]}, "who is told then"),
    ({"silences": [{"match": {"a": "b"}, "from": "5m", "until": "5m"}]}, "ends before it begins"),
])
def test_a_table_that_makes_no_sense_is_refused(keys: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        table(**keys)
