"""Malformed scenarios, each with its one clear message."""

import contextlib
import re
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.scenario.locate import locate
from sandbox.scenario.problems import ScenarioError
from sandbox.scenario.read import read_plan, read_text

GOOD = """\
format = 1
[scenario]
title = "Fine"
duration = "1h"
[traffic]
kind = "steady"
mean = "40/s"
[models.incumbent]
kind = "synthetic"
auc = 0.8
latency = { p50 = "30ms", p99 = "90ms" }
[models.candidate]
kind = "synthetic"
auc = 0.82
[[drift]]
kind = "covariate"
features = ["f1"]
at = "20m"
[[faults]]
kind = "errors"
rate = "4%"
at = "30m"
[ramp]
steps = ["shadow", "5%",
  "50%"]
bake = "10m"
[[gates]]
kind = "threshold"
metric = "errors.rate"
max = "2%"
[expect]
outcome = "promoted"
harmed_users = "< 500"
"""

TABLE = [
    ('[expect]', '[plan.halt]\nslow = "latency.p95{arm=candidate}[5m] > 5%"\n[expect]',
     'x.toml:32  plan.halt.slow: latency.p95 is no share, so "5%" does not fit it; write "150ms" or a number'),
    ('[expect]', '[plan.halt]\nslow = "latency.p95{arm=rival} > 5s"\n[expect]',
     'x.toml:32  plan.halt.slow: no model "rival"; there is incumbent, candidate'),
    ('[expect]', '[plan.halt]\nslow = { when = "latncy.p95 > 5s" }\n[expect]',
     'x.toml:32  plan.halt.slow: no metric "latncy.p95"; nearest: latency.p95'),
    ('[expect]', '[plan.halt]\nslow = "slower than 5s"\n[expect]', 'x.toml:32  plan.halt.slow: '),
    ('[expect]', '[plan.halt]\nslow = { when = "errors.rate > 5%", then = "abort" }\n[expect]',
     'x.toml:32  plan.halt.slow.then: no value "abort"; there is roll back, hold'),
    ('[expect]', '[plan.halt]\nslow = 5\n[expect]', 'x.toml:32  plan.halt.slow: expected a table, got 5'),
    ('[expect]', '[plan]\nhalt = [5]\n[expect]', 'x.toml:32  plan.halt: expected a table, got a list'),
    ('[expect]', '[plan]\napprovals = [""]\n[expect]', 'x.toml:32  plan.approvals[0]: must not be empty'),
    # what is replaced, by what, and the line that says so
    ('title = "Fine"', "", 'x.toml:2  scenario.title: is missing; add it: one line that names the story'),
    ('title = "Fine"', "title = 3", "x.toml:3  scenario.title: expected text, got 3"),
    ('duration = "1h"', 'duraton = "1h"', 'x.toml:4  scenario.duraton: no key "duraton"; nearest: duration'),
    ('duration = "1h"', "duration = 60",
     'x.toml:4  scenario.duration: "60" has no unit; did you mean "60m", "60s" or "60ms"?'),
    ('duration = "1h"', 'duration = "soon"',
     'x.toml:4  scenario.duration: "soon" is not a duration; write it as "15m", "1h30m" or "250ms"'),
    ('duration = "1h"', 'duration = "30s"',
     "x.toml:2  scenario: tick is longer than duration; shorten the tick"),
    ('kind = "steady"', 'kind = "stedy"', 'x.toml:5  traffic: no kind "stedy"; nearest: steady'),
    ('kind = "steady"', "", "x.toml:5  traffic: needs a kind; `greenroom kinds` explains what there is"),
    ('mean = "40/s"', "mean = 40", 'x.toml:7  traffic.mean: "40" has no unit; did you mean "40/s"?'),
    ('mean = "40/s"', 'mean = "0/s"', 'x.toml:7  traffic.mean: must be more than 0; got "0/s"'),
    ("auc = 0.82", "auc = 0.95",
     "x.toml:14  models.candidate.auc: 0.95 is above population.best_auc 0.9; lower it or raise best_auc"),
    ("auc = 0.82", "auc = 1.3", "x.toml:14  models.candidate.auc: must be less than 1; got 1.3"),
    ("auc = 0.82", 'auc = "good"', 'x.toml:14  models.candidate.auc: expected a number, got "good"'),
    ("auc = 0.82", 'auc = "0.82"', 'x.toml:14  models.candidate.auc: expected a number, got "0.82"; write 0.82'),
    ("auc = 0.82", "auc = true", "x.toml:14  models.candidate.auc: expected a number, got true"),
    ('duration = "1h"', "seed = true", "x.toml:4  scenario.seed: expected a whole number, got true"),
    ('duration = "1h"', 'seed = "7"', 'x.toml:4  scenario.seed: expected a whole number, got "7"; write 7'),
    ('duration = "1h"', "seed = 7.0", "x.toml:4  scenario.seed: expected a whole number, got 7.0; write 7"),
    ("[expect]", '[record]\nfeatures = "true"\n[expect]',
     'x.toml:32  record.features: expected true or false, got "true"; write true'),
    ("[expect]", "[record]\nfeatures = 1\n[expect]", "x.toml:32  record.features: expected true or false, got 1"),
    ('p50 = "30ms"', 'p50 = "30"',
     'x.toml:11  models.incumbent.latency.p50: "30" has no unit; did you mean "30m", "30s" or "30ms"?'),
    ('p99 = "90ms"', 'p99 = "1h"',
     "x.toml:11  models.incumbent.latency: p99 is more than 1,000 times p50; no lognormal service is that wide"),
    ('p99 = "90ms"', 'p99 = "9ms"', "x.toml:11  models.incumbent.latency: p99 is below p50; swap them"),
    ('p99 = "90ms"', 'p99 = "90m"', 'x.toml:11  models.incumbent.latency.p99: must be at most 1h; got "90m"'),
    ("[models.incumbent]", "[models.incumbant]",
     'x.toml:8  models: no model is called "incumbent"; name the one in service so'),
    ("[models.incumbent]", "[model.incumbent]", 'x.toml:8  model: no key "model"; nearest: models'),
    ("[models.candidate]", "[model.candidate]", 'x.toml:12  model: no key "model"; nearest: models'),
    ("[[faults]]", "[faults]", "x.toml:19  faults: expected a list, got a table; write [[faults]]"),
    ('features = ["f1"]', 'features = ["f1", "age"]',
     'x.toml:17  drift[0].features[1]: no feature "age"; there is f1, f2'),
    ('features = ["f1"]', 'features = []', "x.toml:17  drift[0].features: needs at least 1; got 0"),
    ('kind = "covariate"', 'kind = "covarite"', 'x.toml:15  drift[0]: no kind "covarite"; nearest: covariate'),
    ('kind = "covariate"', 'kind = "covariate"\nuntil = "20m"',
     "x.toml:15  drift[0]: until comes before the drift does; end it later"),
    ("[expect]", '[labels]\ndelay = "10m"\nslowest = "1m"\n[expect]',
     "x.toml:31  labels: slowest is below delay, the median; swap them"),
    ('at = "30m"', 'at = "90m"', "x.toml:22  faults[0].at: it would strike after the flight has ended"),
    ('kind = "errors"\nrate = "4%"', 'kind = "silence"',
     "x.toml:20  faults[0].kind: nobody is told of alerts here, so silence can do nothing; add [notify]"),
    ('kind = "errors"\nrate = "4%"', 'kind = "alert-typo"',
     "x.toml:20  faults[0].kind: there is no alert here, so alert-typo can do nothing; add [[alerts]]"),
    ('kind = "errors"\nrate = "4%"', 'kind = "slow-start"',
     "x.toml:20  faults[0].kind: no pool follows its share or its load, so slow-start can do nothing; set "
     "follow_share or autoscale in [services.NAME]"),
    ("[expect]", '[services.candidate]\nfallback = "incumbant"\n[expect]',
     'x.toml:32  services.candidate.fallback: no model "incumbant"; nearest: incumbent'),
    ("[expect]", '[services.candidate]\nfallback = "candidate"\n[expect]',
     "x.toml:32  services.candidate.fallback: it goes round in circles: candidate → candidate; let one of them end it"),
    ("[expect]", '[services.incumbent]\nfallback = "candidate"\n[expect]',
     "x.toml:32  services.incumbent.fallback: before a rollout there is nobody else to ask; say "
     '"default" or remove it'),
    ("[expect]", '[services.candidate]\nfirst = ["gold"]\n[expect]', 'x.toml:32  services.candidate.first[0]: '),
    ("[expect]", '[services.candidate]\nshed = {}\n[expect]',
     'x.toml:32  services.candidate.shed: it sheds nothing; say wait = "500ms" or extra = 20'),
    ("[expect]", '[services.candidate]\nhedge = { after = "2s" }\n[expect]',
     "x.toml:31  services.candidate: hedge.after is not before timeout: whoever asks has gone by then; ask sooner"),
    ("[expect]", '[services.candidate]\nautoscale = { most = 1 }\n[expect]',
     "x.toml:31  services.candidate: autoscale.most is not above least: it can neither grow nor shrink; raise it"),
    ("[expect]", '[services.candidate]\nfollow_share = true\nautoscale = {}\n[expect]',
     "x.toml:33  services.candidate.autoscale: a pool follows its share or its load; remove one of the two"),
    ('kind = "errors"\nrate = "4%"\nat = "30m"\n[ramp]\nsteps = ["shadow", "5%",',
     'kind = "shadow-writes"\nat = "30m"\n[ramp]\nsteps = ["1%", "5%",',
     'x.toml:20  faults[0].kind: no step shadows anybody, so shadow-writes can do nothing; add a step "shadow"'),
    ('kind = "errors"\nrate = "4%"', 'kind = "wrong-artifact"\nartifact = "incumbant"',
     'x.toml:21  faults[0].artifact: no model "incumbant"; nearest: incumbent'),
    ('kind = "errors"\nrate = "4%"', 'kind = "mixed-versions"\nversion = "candidat"',
     'x.toml:21  faults[0].version: no model "candidat"; nearest: candidate'),
    ('kind = "errors"\nrate = "4%"', 'kind = "wrong-label"\narms = ["incumbent", "candidat"]',
     'x.toml:21  faults[0].arms[1]: no model "candidat"; nearest: candidate'),
    ('rate = "4%"', 'segments = ["eu"]', 'x.toml:21  faults[0].segments[0]: no segment "eu"; there is none'),
    ('kind = "errors"\nrate = "4%"', 'kind = "crash"\nrate = "4%"', 'x.toml:21  faults[0].rate: no key "rate"'),
    ('at = "30m"', 'at = "30m"\nmodel = "cand"', 'x.toml:23  faults[0].model: no model "cand"; nearest: candidate'),
    ('"50%"]', '"50"]', 'x.toml:25  ramp.steps[2]: "50" has no unit; did you mean "50%"?'),
    ('"50%"]', '"2%"]', "x.toml:23  ramp: step 3 has a smaller share than step 2; a ramp only rises"),
    ('"50%"]', '"150%"]', 'x.toml:25  ramp.steps[2]: "150%" is outside 0% to 100%'),
    ('"50%"]', '{ share = "50%", segments = ["eu"] }]',
     'x.toml:25  ramp.steps[2].segments[0]: no segment "eu"; there is none'),
    ('metric = "errors.rate"', 'metric = "error.rate"',
     'x.toml:29  gates[0].metric: no metric "error.rate"; nearest: errors.rate'),
    ('metric = "errors.rate"', 'metric = "fairness.tpr_gap"',
     "x.toml:29  gates[0].metric: it compares groups and there are none; add two [[groups]]"),
    ('metric = "errors.rate"\nmax = "2%"', 'metric = "data.freshness"\nmax = "2s"',
     "x.toml:29  gates[0].metric: features have no age here; set population.age"),
    ('max = "2%"', 'max = "3ms"', 'x.toml:30  gates[0].max: "3ms" is a time, which errors.rate is not; write "2%"'),
    ('max = "2%"', "max = 2", 'x.toml:30  gates[0].max: errors.rate is a share and never 2; did you mean "2%"?'),
    ('kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
     'kind = "no-worse"\nmetric = "quality.brier"\nmargin = "5ms"',
     'x.toml:30  gates[0].margin: "5ms" is a time, which quality.brier is not; write a plain number such as 0.03'),
    ('kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
     'kind = "checks"\nmetrics = [{ metric = "latency.p95", max = "2%" }]',
     'x.toml:29  gates[0].metrics[0].max: "2%" is a share, which latency.p95 is not; write "150ms"'),
    ("[expect]",
     '[[policies]]\nname = "p"\ngates = [{ kind = "threshold", metric = "eror.rate", max = "2%" }]\n[expect]',
     'x.toml:33  policies[0].gates[0].metric: no metric "eror.rate"; nearest: errors.rate'),
    ("[expect]", '[[policies]]\nname = "p"\nramp = { model = "cand" }\n[expect]',
     'x.toml:33  policies[0].ramp.model: no candidate "cand"; nearest: candidate'),
    ("[expect]", '[[policies]]\nname = "p"\n[[policies]]\nname = "p"\n[expect]',
     'x.toml:34  policies[1].name: "p" stands here twice; rename one'),
    ("[expect]",
     '[[policies]]\nname = "p"\ngates = [{ kind = "threshold", metric = "errors.rate", max = "2s" }]\n[expect]',
     'x.toml:33  policies[0].gates[0].max: "2s" is a time, which errors.rate is not; write "2%"'),
    ("[expect]", 'name = "limit"\n[expect]\nfailed_gate = "limt"',
     'x.toml:33  expect.failed_gate: no gate "limt"; nearest: limit'),
    ("[expect]", '[expect]\nfailed_gate = "errors.rate treshold"',
     'x.toml:32  expect.failed_gate: no gate "errors.rate treshold"; nearest: errors.rate threshold'),
    ('max = "2%"', "", 'x.toml:27  gates[0]: a threshold needs "max" or "min"; add one'),
    ('max = "2%"', 'max = "2%"\nfailure_limit = -1',
     "x.toml:27  gates[0]: failure_limit -1 tolerates every failure; say a consecutive_success_limit"),
    ('max = "2%"', 'max = "2%"\ncount = 3', "x.toml:27  gates[0]: 3 measurements need an interval between them"),
    ('kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
     'kind = "checks"\nmetrics = [{ metric = "eror.rate", max = "2%" }]',
     'x.toml:29  gates[0].metrics[0].metric: no metric "eror.rate"; nearest: errors.rate'),
    ('kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
     'kind = "checks"\ninterval = "5s"\nmetrics = [{ metric = "errors.rate", max = "2%" }]',
     'x.toml:29  gates[0].interval: Flagger takes anything below 10s for 10s; write "10s"'),
    ('kind = "threshold"\nmetric = "errors.rate"\nmax = "2%"',
     'kind = "canary-score"\ngroups = { speed = 100 }\nmetrics = [{ metric = "errors.rate" }]',
     'x.toml:27  gates[0]: groups names "speed", and no metric is in it; there is all'),
    ('outcome = "promoted"', 'outcome = "promted"', 'x.toml:32  expect.outcome: no value "promted"; nearest: promoted'),
    ('harmed_users = "< 500"', 'harmed_users = "few"',
     'x.toml:33  expect.harmed_users: "few" is not a comparison; write "< 500", ">= 1" or a plain number'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "eror.rate > 2%"\n[expect]',
     'x.toml:33  alerts[0].expr: no metric "eror.rate"; nearest: errors.rate'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate{arm=cand} > 2%"\n[expect]',
     'x.toml:33  alerts[0].expr: no model "cand"; nearest: candidate'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate > 2"\n[expect]',
     'x.toml:33  alerts[0].expr: errors.rate is a share and never 2; did you mean "2%"?'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "latency.p99 > 2%"\n[expect]',
     'x.toml:33  alerts[0].expr: latency.p99 is no share, so "2%" does not fit it'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate > 20ms"\n[expect]',
     'x.toml:33  alerts[0].expr: errors.rate is no time, so "20ms" does not fit it'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate[1m] > 2%"\n[expect]',
     "x.toml:33  alerts[0].expr: [1m] holds fewer than the two scrapes a rate needs at a tick of 1m; widen it"),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate > 2%"\nfro = "5m"\n[expect]',
     'x.toml:34  alerts[0].fro: no key "fro"; nearest: for'),
    ("[expect]", '[[alerts]]\nname = "a"\nexpr = "errors.rate > 2%"\nfor = "5"\n[expect]',
     'x.toml:34  alerts[0].for: "5" has no unit; did you mean "5m", "5s" or "5ms"?'),
    ("[expect]", '[[alerts]]\nkind = "hysteresis"\nname = "a"\nexpr = "errors.rate > 2%"\n[expect]',
     "x.toml:31  alerts[0].while: is missing; add it: what keeps it raised"),
    ("[expect]", '[[alerts]]\nkind = "cusm"\nname = "a"\n[expect]',
     'x.toml:31  alerts[0]: no kind "cusm"; nearest: cusum'),
    ("[expect]", '[[slos]]\nname = "a"\nmetric = "latency.p99"\nobjective = "99%"\n[expect]',
     "x.toml:33  slos[0].metric: latency.p99 does not say how many of all events were bad; name a share of them"),
    ("[expect]", '[[slos]]\nname = "a"\nmetric = "failures.rate"\nobjective = "99%"\nspeed = 60\n[expect]',
     "x.toml:35  slos[0].speed: its shortest window is 5s, less than the two scrapes a rate needs"),
    ("[expect]", '[[notify.routes]]\nescalate_after = "5m"\n[expect]',
     "x.toml:31  notify.routes[0]: escalate_after needs escalate_to: who is told then?"),
    ("[expect]", '[[notify.silences]]\nmatch = { a = "b" }\nuntill = "5m"\n[expect]',
     'x.toml:33  notify.silences[0].untill: no key "untill"; nearest: until'),
    ('outcome = "promoted"', 'alert_fired = "x"', 'x.toml:32  expect.alert_fired: no alert "x"; there is none'),
    ("format = 1", "format = 2", "x.toml:1  format: this greenroom reads format 1, not 2"),
    ("[expect]", "[expct]", 'x.toml:31  expct: no key "expct"; nearest: expect'),
    ('bake = "10m"', 'bake = "10m" bake', "x.toml:26  "),
    ("[models.candidate]", "[models.incumbent]", "x.toml:12  cannot declare"),
]


def mistakes(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        read_text(text, name="x.toml")
    return str(error.value).splitlines()


def test_the_text_that_the_table_spoils_is_fine() -> None:
    assert read_text(GOOD, name="x.toml").scenario.title == "Fine"


@pytest.mark.parametrize(("old", "new", "line"), TABLE, ids=[f"{new or 'no ' + old}"[:40] for old, new, _ in TABLE])
def test_a_mistake_gets_one_clear_message(old: str, new: str, line: str) -> None:
    assert old in GOOD
    said = mistakes(GOOD.replace(old, new, 1))
    assert re.sub(r"  +", "  ", said[0]).startswith(line)
    assert said[1:] == ["1 mistake; nothing was flown"]


@pytest.mark.parametrize(("old", "new"), [
    ("auc = 0.82", "auc = 0.82\ncost = 1\nslope = 2"), ('max = "2%"', "max = 0.02"), ('max = "2%"', "max = 1"),
    ('harmed_users = "< 500"', "harmed_users = 0"), ('rate = "4%"', 'rate = "4 %"'),
    ('mean = "40/s"', 'mean = "1.5k/s"'), ("[expect]", '[record]\nrequests = "5%"\n[expect]'),
])
def test_whole_numbers_stand_for_numbers_and_text_with_a_unit_for_its_quantity(old: str, new: str) -> None:
    assert old in GOOD
    read_text(GOOD.replace(old, new, 1), name="x.toml")


def test_all_mistakes_are_said_at_once_in_order_of_their_lines() -> None:
    text = GOOD.replace('mean = "40/s"', "mean = 40").replace("auc = 0.82", "auk = 1")
    text = text.replace("errors.rate", "eror.rate")
    said = mistakes(text)
    assert [re.sub(r"\s.*", "", one) for one in said] == ["x.toml:7", "x.toml:14", "x.toml:29", "3"]


def test_a_mistake_in_one_table_does_not_invent_one_in_another() -> None:
    said = mistakes(GOOD.replace("auc = 0.82", "auc = 3"))
    assert len(said) == 2


RESTS = [
    # a mistake, what only seems wrong because of it or is wrong beside it, and the places that are said
    (('[models.candidate]', '[models.candidate]\naux = 1'), ("bake", 'model = "cand"\nbake'),
     ["models.candidate.aux", "ramp.model"]),
    (('[models.candidate]', '[model.candidate]'), ("bake", 'model = "cand"\nbake'), ["model"]),
    (('[[drift]]', '[models.third]\nkind = "synthtic"\n[[drift]]'), ("bake", 'model = "third"\nbake'),
     ["models.third"]),
    (('[[drift]]', '[model.third]\nkind = "synthetic"\n[[drift]]'), ("bake", 'model = "third"\nbake'), ["model"]),
    (('duration = "1h"', "duration = 60"), ('at = "30m"', 'at = "3h"'), ["scenario.duration"]),
    (('title = "Fine"', 'title = "Fine"\nseed = "x"'), ('at = "30m"', 'at = "3h"'), ["scenario.seed", "faults[0].at"]),
    (('[[drift]]', '[population]\nfeatures = "9"\n[[drift]]'), ('["f1"]', '["f9"]'), ["population.features"]),
    (('[[drift]]', '[population]\nage = 9\n[[drift]]'), ('["f1"]', '["f9"]'),
     ["population.age", "drift[0].features[0]"]),
    (('"50%"]', "50]"), ("[expect]", "steps = [3]\n[expect]"), ["ramp.steps[2]"]),
    (('bake = "10m"', "bake = 10"), ("[expect]", "steps = [4]\n[expect]"), ["ramp.bake", "gates[0].steps[0]"]),
    (('title = "Fine"', 'titel = "Fine"'), ('"errors.rate"', '"eror.rate"'), ["scenario.titel", "gates[0].metric"]),
    (('title = "Fine"', ""), ('at = "30m"', 'at = "3h"'), ["scenario.title", "faults[0].at"]),
    (('duration = "1h"', 'duration = "30s"'), ('"errors.rate"', '"eror.rate"'), ["scenario", "gates[0].metric"]),
    (('duration = "1h"', 'duration = "30s"'), ('at = "30m"', 'at = "3h"'), ["scenario"]),
    (('kind = "steady"', 'kind = "stedy"'), ('"errors.rate"', '"eror.rate"'), ["traffic", "gates[0].metric"]),
    (('kind = "steady"', 'kind = "stedy"'), ('["f1"]', '["age"]'), ["traffic"]),
    (('kind = "steady"', 'kind = "stedy"'), ("[expect]", '[[segments]]\nname = "x"\nshare = "100%"\n[expect]'),
     ["traffic"]),
    (('mean = "40/s"', "mean = 40"), ("bake", 'model = "cand"\nbake'), ["traffic.mean", "ramp.model"]),
    (('auc = 0.82', "auc = 3"), ('"errors.rate"', '"eror.rate"'), ["models.candidate.auc", "gates[0].metric"]),
    (('[models.candidate]\nkind = "synthetic"', '[models.candidate]\nkind = "synthtic"'),
     ("bake", 'model = "candidate"\nbake'), ["models.candidate"]),
    (('[models.candidate]\nkind = "synthetic"', '[models.candidate]\nkind = "synthtic"'),
     ('"errors.rate"', '"eror.rate"'), ["models.candidate", "gates[0].metric"]),
    (('[models.candidate]\nkind = "synthetic"\nauc = 0.82\n', ""), ("auc = 0.8\n", "auc = 8\n"),
     ["models", "models.incumbent.auc"]),
    (('"5%",\n  "50%"]', '"5%", "3%"]'), ('"errors.rate"', '"eror.rate"'), ["ramp", "gates[0].metric"]),
    (('"5%",\n  "50%"]', '"5%", "3%"]'), ("[expect]", "steps = [4]\n[expect]"), ["ramp"]),
]


@pytest.mark.parametrize(("first", "second", "places"), RESTS, ids=[" and ".join(places) for *_, places in RESTS])
def test_what_a_mistake_may_have_caused_is_not_said_and_what_it_cannot_have_caused_is(
    first: tuple[str, str], second: tuple[str, str], places: list[str]
) -> None:
    assert first[0] in GOOD
    assert second[0] in GOOD
    with pytest.raises(ScenarioError) as error:
        read_text(GOOD.replace(*first, 1).replace(*second, 1), name="x.toml")
    assert [problem.path for problem in error.value.problems] == places


FILES = [
    (b"", "is empty; `greenroom new FILE` writes one to start from"),
    (b"\xff\xfe\x00", "is not UTF-8 text; save it as UTF-8"),
    (b"format = 1\n[scenario\n", "this is not TOML"),
    (b"[scenario]\ntitle = 'x'\n", "models: is missing"),
    (b"models = 3\n[scenario]\ntitle = 'x'\n", "models: expected a table, got 3"),
]


@pytest.mark.parametrize(("data", "words"), FILES)
def test_a_file_that_is_no_scenario_gets_one_clear_message(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as error:
        read_plan(path)
    assert words in str(error.value)
    assert len(error.value.problems) == 1


def test_a_byte_order_mark_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_plan(path).name == "x"


def test_a_folder_and_a_missing_file_are_said_to_be_so(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "none.toml", "No such file")):
        with pytest.raises(ScenarioError, match=words):
            read_plan(path)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_scenario_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(data)
    with contextlib.suppress(ScenarioError):
        read_plan(path)


@settings(max_examples=400)
@given(
    start=st.integers(0, len(GOOD)), length=st.integers(0, 30),
    new=st.text(alphabet='[]{}="\'#.,\n\\ -_%/<>abcdeftmsk019\u00e9\U0001f9ea', max_size=12),
)
def test_no_change_to_a_scenario_raises_anything_but_a_scenario_error(start: int, length: int, new: str) -> None:
    with contextlib.suppress(ScenarioError):
        read_text(GOOD[:start] + new + GOOD[start + length :], name="x.toml")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.sampled_from(
        ["5%", "15m", "40/s", "synthetic", "steady", "x", ""]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "name", "share", "steps", "metric", "auc", "latency", "x"]), inner, max_size=4
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*tomli.loads(GOOD), "alerts", "segments", "x"]), VALUES, max_size=6))
def test_no_shape_of_tables_raises_anything_but_a_scenario_error(tables: dict) -> None:
    from sandbox.scenario.read import _found

    _found(_without_none(tables))


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value if item is not None] if isinstance(value, list) else value


def dumped(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {dumped(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(dumped(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if value in ("long", 'a # [b] = "c"\n'):
        return '"""\na # [b] = "c"\n"""'
    return f'"{value}"' if isinstance(value, str) else repr(value)


LEAVES = st.sampled_from(["plain", "long", "a#b", "[x]", "k = 1"]) | st.integers(0, 9) | st.booleans()
TREES = st.dictionaries(
    st.sampled_from(["a", "b.c", "d e", "é"]),
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner,
                                                                                    max_size=3), max_leaves=8),
    min_size=1, max_size=4,
)


@settings(max_examples=200)
@given(TREES, TREES, st.integers(0, 3))
def test_every_key_is_located_on_the_line_where_it_stands(top: dict, table: dict, blanks: int) -> None:
    text = "\n" * blanks + "".join(f'"{key}" = {dumped(value)} # note\n' for key, value in top.items())
    text += "".join(f'[["many"]]\n"{key}" = {dumped(value)}\n' for key, value in table.items())
    places = locate(text)
    lines = text.split("\n")

    def check(path: tuple, value: object) -> None:
        line, column = places[path]
        if isinstance(path[-1], str):
            assert lines[line - 1][column - 1 :].startswith(f'"{path[-1]}"'), path
        else:
            assert lines[line - 1][column - 1 :].startswith(dumped(value).split("\n")[0]), path
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, item in items:
            check((*path, key), item)

    for key, value in tomli.loads(text).items():
        if key != "many":
            check((key,), value)
        else:
            for index, (name, _) in enumerate(table.items()):
                check(("many", index, name), value[index][name])
