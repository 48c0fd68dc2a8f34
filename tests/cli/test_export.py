"""A run's alerts in Prometheus' own words."""

ALERTS = """
[[alerts]]
name = "errors"
expr = "errors.rate{arm=candidate} >= 0%"
[[alerts]]
kind = "page-hinkley"
name = "rise"
metric = "errors.rate"
delta = "1%"
threshold = "5%"
"""


def test_export_writes_rules_and_tests_and_says_what_it_left_out(greenroom, tiny, tmp_path):
    greenroom("run", tiny(ALERTS))
    code, out, err = greenroom("export", "promtool", "last", "-o", "out")
    assert code == 0
    assert "wrote out/rules.yml and out/tests.yml" in out
    edges = 'windows are those of Prometheus 3; for promtool 2 fly with [alerting] compat = "prom2"'
    assert edges in err
    assert (tmp_path / "out" / "tests.yml").read_text().startswith(f"# {edges}\n")
    assert '"rise" is left out: PromQL cannot say kind "page-hinkley"' in err
    assert 'alert: "errors"' in (tmp_path / "out" / "rules.yml").read_text()
    tests = (tmp_path / "out" / "tests.yml").read_text()
    assert tests.count("eval_time") == 2 * 5
    assert 'alertstate=\\"firing\\"' in tests


def test_a_run_without_alerts_has_nothing_to_export(greenroom, tiny):
    greenroom("run", tiny())
    code, _, err = greenroom("export", "promtool", "last", "-o", "out")
    assert code == 2
    assert "neither [[alerts]] nor [[slos]]" in err


def test_a_folder_that_cannot_be_written_has_a_rung_of_its_own(greenroom, tiny, tmp_path):
    greenroom("run", tiny(ALERTS))
    (tmp_path / "out").write_text("")
    code, _, err = greenroom("export", "promtool", "last", "-o", "out")
    assert code == 74
    assert "cannot be written" in err
