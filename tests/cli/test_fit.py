"""`greenroom fit` as somebody types it."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def log(tmp_path: Path) -> Path:
    draw = np.random.default_rng(1)
    rows = ["asked_at,user_id,region,fraud,score,latency_s,amount"]
    for second in range(600):
        score = draw.beta(2, 5)
        rows.append(f"{second},u{draw.integers(40)},{'eu' if second % 3 else 'us'},{int(draw.random() < score)},"
                    f"{score:.4f},{draw.lognormal(-3, 0.4):.4f},{draw.normal():.3f}")
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_columns_are_found_by_their_usual_names_and_the_scenario_flies(greenroom, log, tmp_path):
    code, out, err = greenroom("fit", log)
    assert code == 0
    assert "read as time asked_at, user user_id, segment region, label fraud, score score, latency latency_s" in err
    assert "not found: --group, --label-time" in err
    assert "users      share of the busiest tenth" in err
    scenario = tmp_path / "mine.toml"
    scenario.write_text(out)
    assert greenroom("check", scenario)[0] == 0
    assert greenroom("run", scenario, "--no-store")[0] == 5
    assert 'mean  = "1/s"' in out
    assert "[[segments]]" in out


def test_it_writes_a_file_once_and_never_over_one(greenroom, log, tmp_path):
    assert greenroom("fit", log, "--out", tmp_path / "mine.toml")[:2] == (0, "")
    before = (tmp_path / "mine.toml").read_text()
    code, _, err = greenroom("fit", log, "--out", tmp_path / "mine.toml")
    assert (code, "is there already" in err) == (2, True)
    assert (tmp_path / "mine.toml").read_text() == before


def test_a_column_can_be_named_or_left_out(greenroom, log):
    _, out, err = greenroom("fit", log, "--user", "-", "--segment", "-", "--features", "amount")
    assert "[users]" not in out
    assert "[[segments]]" not in out
    assert "1 feature;" in err


def test_latencies_in_milliseconds_are_told_and_doubted_where_they_are_not(greenroom, log):
    plain = greenroom("fit", log)[1]
    rows = [row.split(",") for row in log.read_text().replace("latency_s", "lat_ms").splitlines()]
    log.write_text("".join(f"{','.join(row)}\n" for row in [rows[0], *(in_milliseconds(row) for row in rows[1:])]))
    assert "lat_ms was read as seconds, its median is" in greenroom("fit", log, "--latency", "lat_ms")[2]
    _, told, err = greenroom("fit", log, "--latency", "lat_ms", "--latency-unit", "ms")
    assert "read as seconds" not in err
    assert told == plain


def in_milliseconds(row: list[str]) -> list[str]:
    return [*row[:5], f"{float(row[5]) * 1000:.1f}", row[6]]


@pytest.mark.parametrize(("argv", "code", "said"), [
    (("--time", "when"), 3, 'no column "when"'), (("--time", "-"), 2, "which column is the time?"),
    (("--label", "amount"), 3, "amount"), (("--features", "nothing"), 3, 'no column "nothing"'),
])
def test_what_cannot_be_read_is_said_once(greenroom, log, argv, code, said):
    found, out, err = greenroom("fit", log, *argv)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_log_that_is_missing_short_or_of_another_kind_is_refused(greenroom, tmp_path, log):
    assert greenroom("fit", tmp_path / "none.csv")[0] == 3
    (tmp_path / "log.txt").write_text("time\n1\n")
    assert "unknown extension" in greenroom("fit", tmp_path / "log.txt")[2]
    (tmp_path / "german.csv").write_text("time;amount\n1;2\n")
    assert "separated by semicolons; write it with commas" in greenroom("fit", tmp_path / "german.csv")[2]
    (tmp_path / "short.csv").write_text("\n".join(log.read_text().splitlines()[:20]) + "\n")
    assert "say too little" in greenroom("fit", tmp_path / "short.csv")[2]
