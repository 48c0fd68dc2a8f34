"""What every operation asks of how things stand: where that is so it is granted, where it is not it says why."""

from dataclasses import replace

import pytest

from sandbox.operate.operations.kinds import BY_NAME, KINDS
from sandbox.operate.standing import Standing
from sandbox.scenario.script import operation

CLIMBING = Standing(
    at=20 * 60 * 10**9, phase="climbing", step=0, steps=3, share=0.1, held=False, candidate="candidate",
    models=("incumbent", "candidate"), segments=("eu", "us"), groups=("a", "b"), features=("f1", "f2"),
    replicas={"incumbent": 6, "candidate": 2}, alerts=("errors", "slow"), notifies=True, roles=("lead", "risk"),
    wanted=("risk",), classes=("latency", "errors", "none"), audiences=("support",),
    runbooks={"slow": ("look", "roll back")}, messages={"slow": 1},
)
WAITING = replace(CLIMBING, phase="waiting", share=0.0)
PROMOTED = replace(CLIMBING, phase="promoted", step=2, share=1.0)
BACK = replace(CLIMBING, phase="rolled_back", share=0.0)
LAST = replace(CLIMBING, step=2)
HELD = replace(CLIMBING, held=True)
WITHOUT_EU = replace(CLIMBING, diverted=("eu",))
LESS_EU = replace(CLIMBING, cut=("eu",))
SHADOW = replace(CLIMBING, share=0.0)
SILENT = replace(CLIMBING, silences=(("errors", 10**15),))
DISABLED = replace(CLIMBING, disabled=("errors",))
OPEN = replace(CLIMBING, incident=2)
F1_OFF = replace(CLIMBING, off=(("candidate", "f1"),))
QUIET = replace(CLIMBING, notifies=False)
REFUSED = replace(CLIMBING, withheld=("risk",))
UNAPPROVED = replace(CLIMBING, unapproved=((2, "risk"), (4, "risk"), (4, "legal")))
BEGINS = replace(WAITING, begins=True)
NOBODY_ASKED = replace(CLIMBING, wanted=())
ANYBODY = replace(CLIMBING, roles=(), audiences=())

OVER = "the rollout is over: rolled back"
ALREADY = "the incumbent already answers everybody"
NOT_BEGUN = "the ramp has not begun"

TABLE: list[tuple[str, dict[str, object], Standing, str]] = [
    ("hold", {}, CLIMBING, ""),
    ("hold", {}, WAITING, ""),
    ("hold", {}, HELD, "already held"),
    ("hold", {}, BACK, OVER),
    ("resume", {}, HELD, ""),
    ("resume", {}, CLIMBING, "not held"),
    ("resume", {}, BACK, OVER),
    ("advance", {}, CLIMBING, ""),
    ("advance", {}, WAITING, NOT_BEGUN),
    ("advance", {}, LAST, "this is the last step; promote instead"),
    ("advance", {}, PROMOTED, "the rollout is over: promoted"),
    ("advance", {}, UNAPPROVED, "it waits for the approval of risk"),
    ("advance", {}, replace(UNAPPROVED, step=1), ""),
    ("promote", {}, UNAPPROVED, "it waits for the approval of risk, legal"),
    ("promote", {}, replace(UNAPPROVED, unapproved=((4, "legal"),)), "it waits for the approval of legal"),
    ("promote", {}, CLIMBING, ""),
    ("promote", {}, LAST, ""),
    ("promote", {}, WAITING, NOT_BEGUN),
    ("promote", {}, BACK, OVER),
    ("abort", {}, CLIMBING, ""),
    ("abort", {}, WAITING, ""),
    ("abort", {}, BACK, OVER),
    ("roll back", {}, CLIMBING, ""),
    ("roll back", {}, PROMOTED, ""),
    ("roll back", {}, SHADOW, ""),
    ("roll back", {}, WAITING, ALREADY),
    ("roll back", {}, BACK, ALREADY),
    ("roll back", {"part": "50%"}, CLIMBING, ""),
    ("roll back", {"part": "50%"}, SHADOW, "the candidate answers nobody"),
    ("roll back", {"part": "50%"}, PROMOTED, "the candidate was promoted; roll back all of it"),
    ("roll back", {"part": "0%"}, CLIMBING, 'part: must be more than 0; got "0%"'),
    ("roll back", {"part": 0.5}, CLIMBING, 'part: "0.5" has no unit; did you mean "50%"?'),
    ("roll back", {"segment": "eu"}, CLIMBING, ""),
    ("roll back", {"segment": "eu"}, WITHOUT_EU, "eu was sent back already"),
    ("roll back", {"segment": "us"}, WITHOUT_EU, "no segment would be left; roll back instead"),
    ("roll back", {"segment": "mars"}, CLIMBING, 'no segment "mars"; there is eu, us'),
    ("divert", {"segment": "eu"}, CLIMBING, ""),
    ("divert", {"segment": "eu", "part": "40%"}, CLIMBING, ""),
    ("divert", {"segment": "us", "part": "40%"}, WITHOUT_EU, ""),
    ("divert", {"segment": "eu", "part": "40%"}, WITHOUT_EU, "eu was sent back already"),
    ("divert", {"segment": "us"}, WITHOUT_EU, "no segment would be left; roll back instead"),
    ("divert", {"segment": "eu"}, WAITING, NOT_BEGUN),
    ("divert", {"segment": "eu"}, PROMOTED, "the rollout is over: promoted"),
    ("divert", {}, CLIMBING, "segment: is missing; add it: the segment"),
    ("readmit", {"segment": "eu"}, WITHOUT_EU, ""),
    ("readmit", {"segment": "eu"}, LESS_EU, ""),
    ("readmit", {"segment": "eu"}, CLIMBING, "eu was not sent back"),
    ("readmit", {"segment": "eu"}, BACK, OVER),
    ("readmit", {"segment": "mars"}, WITHOUT_EU, 'no segment "mars"; there is eu, us'),
    ("scale", {"replicas": 3}, CLIMBING, ""),
    ("scale", {"replicas": 3}, BACK, ""),
    ("scale", {"replicas": 2}, CLIMBING, "candidate has 2 replicas already"),
    ("scale", {"replicas": 0}, CLIMBING, "replicas: must be at least 1; got 0"),
    ("scale", {"replicas": "3"}, CLIMBING, 'replicas: expected a whole number, got "3"; write 3'),
    ("scale", {"model": "other", "replicas": 3}, CLIMBING, 'no model "other"; there is incumbent, candidate'),
    ("restart", {}, CLIMBING, ""),
    ("restart", {"model": "incumbent", "part": "50%"}, CLIMBING, ""),
    ("restart", {"model": "other"}, CLIMBING, 'no model "other"; there is incumbent, candidate'),
    ("toggle", {"feature": "f1"}, CLIMBING, ""),
    ("toggle", {"feature": "f1"}, F1_OFF, "f1 is off already"),
    ("toggle", {"feature": "f1", "on": True}, F1_OFF, ""),
    ("toggle", {"feature": "f1", "on": True}, CLIMBING, "f1 is on already"),
    ("toggle", {"feature": "x9"}, CLIMBING, 'no feature "x9"; there is f1, f2'),
    ("toggle", {"feature": "f1", "model": "incumbent"}, CLIMBING,
     "the incumbent's answers stay as they are: harm is counted against them"),
    ("adjust", {"threshold": 0.4}, CLIMBING, ""),
    ("adjust", {"threshold": 0.4, "group": "b"}, CLIMBING, ""),
    ("adjust", {"threshold": 0.4, "group": "c"}, CLIMBING, 'no group "c"; there is a, b'),
    ("adjust", {"threshold": 1.4}, CLIMBING, "threshold: must be at most 1; got 1.4"),
    ("adjust", {"threshold": 0.4, "model": "other"}, CLIMBING, 'no candidate "other"; there is candidate'),
    ("acknowledge", {}, CLIMBING, ""),
    ("acknowledge", {}, BACK, ""),
    ("silence", {"alert": "errors", "lasts": "30m", "reason": "known"}, CLIMBING, ""),
    ("silence", {"alert": "slow", "lasts": "30m", "reason": "known"}, SILENT, ""),
    ("silence", {"alert": "errors", "lasts": "30m", "reason": "known"}, SILENT, "errors is silenced already"),
    ("silence", {"alert": "errors", "lasts": "30m", "reason": "known"}, QUIET, "nobody is told of alerts here"),
    ("silence", {"alert": "errors", "lasts": "30m"}, CLIMBING, "reason: is missing; add it: why"),
    ("silence", {"alert": "error", "lasts": "1m", "reason": "x"}, CLIMBING, 'no alert "error"; nearest: errors'),
    ("unsilence", {"alert": "errors"}, SILENT, ""),
    ("unsilence", {"alert": "errors"}, CLIMBING, "errors is not silenced"),
    ("unsilence", {"alert": "x"}, CLIMBING, 'no alert "x"; there is errors, slow'),
    ("disable", {"alert": "errors", "reason": "wrong series"}, CLIMBING, ""),
    ("disable", {"alert": "errors", "reason": "wrong series"}, DISABLED, "errors is disabled already"),
    ("disable", {"alert": "errors", "reason": "in the way"}, replace(CLIMBING, halts=("errors",)),
     "errors is a condition on which the plan halts; it was promised to whoever approved"),
    ("disable", {"alert": "x", "reason": "y"}, CLIMBING, 'no alert "x"; there is errors, slow'),
    ("enable", {"alert": "errors"}, DISABLED, ""),
    ("enable", {"alert": "errors"}, CLIMBING, "errors is not disabled"),
    ("enable", {"alert": "x"}, CLIMBING, 'no alert "x"; there is errors, slow'),
    ("declare", {}, CLIMBING, ""),
    ("declare", {"severity": 6}, CLIMBING, "severity: must be at most 5; got 6"),
    ("declare", {"severity": 1}, OPEN, "an incident of severity 2 is open already"),
    ("close", {}, OPEN, ""),
    ("close", {}, CLIMBING, "no incident is open"),
    ("diagnose", {"cause": "latency", "model": "candidate", "segment": "eu", "onset": "19m"}, CLIMBING, ""),
    ("diagnose", {"cause": "none", "confidence": "60%"}, BACK, ""),
    ("diagnose", {"cause": "latencies"}, CLIMBING, 'no cause "latencies"; nearest: latency'),
    ("diagnose", {"cause": "latency", "model": "x"}, CLIMBING, 'no model "x"; there is incumbent, candidate'),
    ("diagnose", {"cause": "latency", "segment": "x"}, CLIMBING, 'no segment "x"; there is eu, us'),
    ("diagnose", {"cause": "latency", "onset": "20m"}, CLIMBING, ""),
    ("diagnose", {"cause": "latency", "onset": "21m"}, CLIMBING, "it would have begun in the future"),
    ("escalate", {"role": "lead"}, CLIMBING, ""),
    ("escalate", {"role": "boss"}, CLIMBING, 'no role "boss"; there is lead, risk'),
    ("escalate", {"role": "boss"}, ANYBODY, ""),
    ("page", {"role": "lead", "reason": "help"}, BACK, ""),
    ("page", {"role": "boss"}, CLIMBING, 'no role "boss"; there is lead, risk'),
    ("update", {"audience": "support", "text": "slow"}, CLIMBING, ""),
    ("update", {"audience": "press", "text": "slow"}, CLIMBING, 'no audience "press"; there is support'),
    ("update", {"audience": "press", "text": "slow"}, ANYBODY, ""),
    ("update", {"audience": "support", "text": ""}, CLIMBING, "text: must not be empty"),
    ("note", {"text": "odd"}, CLIMBING, ""),
    ("note", {"texts": "odd"}, CLIMBING, 'text: is missing; add it: what; texts: no key "texts"; nearest: text'),
    ("approve", {"role": "risk"}, CLIMBING, ""),
    ("approve", {"role": "risk"}, REFUSED, ""),
    ("approve", {"role": "lead"}, CLIMBING, 'the step that comes next waits for risk, not for "lead"'),
    ("approve", {"role": "risk"}, NOBODY_ASKED, "the step that comes next waits for nobody's approval"),
    ("approve", {"role": "risk"}, BACK, OVER),
    ("approve", {"role": "risk"}, BEGINS, ""),
    ("approve", {"role": "lead"}, BEGINS, 'the ramp waits for risk, not for "lead"'),
    ("refuse", {"role": "risk", "reason": "too soon"}, CLIMBING, ""),
    ("refuse", {"role": "risk", "reason": "too soon"}, REFUSED, "risk refused it already"),
    ("refuse", {"role": "lead", "reason": "no"}, CLIMBING, 'the step that comes next waits for risk, not for "lead"'),
    ("refuse", {"role": "risk", "reason": "no"}, NOBODY_ASKED, "the step that comes next waits for nobody's approval"),
    ("perform", {"runbook": "slow", "step": 2}, CLIMBING, ""),
    ("perform", {"runbook": "slow", "step": 3}, CLIMBING, "slow has steps 1 to 2"),
    ("send", {"runbook": "slow", "message": 1}, CLIMBING, ""),
    ("send", {"runbook": "slow", "message": 2}, CLIMBING, "slow has messages 1 to 1"),
    ("send", {"runbook": "slow", "message": 1}, replace(CLIMBING, messages={}), "slow has no messages"),
    ("send", {"runbook": "fast", "message": 1}, CLIMBING, 'no runbook "fast"; there is slow'),
    ("perform", {"runbook": "fast", "step": 1}, CLIMBING, 'no runbook "fast"; there is slow'),
]


@pytest.mark.parametrize(("kind", "arguments", "standing", "reason"), TABLE)
def test_an_operation_is_granted_or_says_why_not(
    kind: str, arguments: dict[str, object], standing: Standing, reason: str
) -> None:
    wanted = operation(kind, arguments)  # type: ignore[arg-type]
    assert (wanted if isinstance(wanted, str) else wanted.refusal(standing)) == reason


def test_every_kind_has_both_sides_in_the_table() -> None:
    granted = {kind for kind, _, _, reason in TABLE if not reason}
    refused = {kind for kind, _, _, reason in TABLE if reason}
    assert granted == set(BY_NAME)
    assert refused == set(BY_NAME) - {"acknowledge"}, "who has seen everything may say so at any time"
    assert len(KINDS) == len(BY_NAME)
