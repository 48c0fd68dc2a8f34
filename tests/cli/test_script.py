"""`greenroom run --script`: a timeline of commands from a file, told, stored and flown again."""

from tests.cli.conftest import TINY

SCRIPT = (
    '[[commands]]\nat = "3m10s"\nkind = "roll back"\npart = "50%"\nactor = "ada"\n'
    '[[commands]]\nat = "4m"\nkind = "perform"\nrunbook = "odd"\nstep = 1\n'
    '[[commands]]\nat = "4m30s"\nkind = "resume"\n'
)
BOOK = '[runbook.odd]\n[[runbook.odd.steps]]\ntitle = "all back"\naction = "roll back"\nverify = "errors.rate < 1%"\n'


def test_a_script_is_flown_told_and_flown_again_to_the_same_digest(greenroom, home):
    (home / "odd.toml").write_text(TINY + BOOK)
    (home / "a.toml").write_text(SCRIPT)
    code, out, _ = greenroom("run", "odd.toml", "--script", "a.toml")
    assert code == 5
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "00:03:10 ada roll back part 50%" in lines
    assert "00:03:10 ramp share → 25% because: ada said so" in lines
    assert "00:04 operator perform runbook odd, step 1" in lines
    assert "00:04:30 operator resume, refused the rollout is over: rolled back" in lines
    assert "repeat greenroom run odd.toml --seed 3 --script a.toml" in lines
    again = greenroom("rerun", "last")
    assert again[0] == 0, again
    assert again[1].startswith("same: ")


def test_a_script_with_mistakes_flies_nothing(greenroom, home):
    (home / "odd.toml").write_text(TINY)
    (home / "a.toml").write_text('[[commands]]\nat = "9m"\nkind = "hold"\n')
    code, _, err = greenroom("run", "odd.toml", "--script", "a.toml")
    assert code == 3
    assert "a.toml:2  commands[0].at: it would come after the flight, which lasts 5m, has ended" in err


def test_names_that_point_nowhere_are_said_before_anything_is_flown_all_at_once(greenroom, home):
    (home / "odd.toml").write_text(TINY + BOOK)
    (home / "a.toml").write_text(
        '[[commands]]\nat = "3m"\nkind = "divert"\nsegment = "mars"\n'
        '[[commands]]\nat = "3m"\nkind = "diagnose"\ncause = "eror"\n'
        '[[commands]]\nat = "3m"\nkind = "disable"\nalert = "slow"\nreason = "noise"\n'
        '[[commands]]\nat = "3m"\nkind = "approve"\nrole = "anybody"\n'
    )
    code, out, err = greenroom("run", "odd.toml", "--script", "a.toml")
    assert (code, out) == (3, "")
    assert 'a.toml:4   commands[0].segment: no segment "mars"' in err
    assert 'a.toml:8   commands[1].cause: no cause "eror"; nearest: ' in err
    assert 'a.toml:12  commands[2].alert: no alert "slow"' in err
    assert "commands[3]" not in err


def test_what_came_to_nothing_is_counted_and_fails_where_that_is_asked(greenroom, home):
    (home / "odd.toml").write_text(TINY + BOOK + '[expect]\noutcome = "rolled_back"\n')
    (home / "a.toml").write_text(SCRIPT)
    code, out, _ = greenroom("run", "odd.toml", "--script", "a.toml", "--no-store")
    assert (code, " ".join(out.split()).count("commands 1 of 3 refused")) == (0, 1)
    assert greenroom("run", "odd.toml", "--script", "a.toml", "--all-granted", "--no-store")[0] == 1
    (home / "a.toml").write_text(SCRIPT.rsplit("[[commands]]", 1)[0])
    code, out, _ = greenroom("run", "odd.toml", "--script", "a.toml", "--all-granted", "--no-store")
    assert (code, "refused" in out) == (0, False)


def test_a_script_is_flown_the_same_watched_and_unwatched(home):
    from sandbox.lab.flights import Order, fly, prepare
    from sandbox.scenario.read import read_plan
    from sandbox.scenario.script import read_script

    (home / "odd.toml").write_text(TINY + BOOK)
    (home / "a.toml").write_text(SCRIPT)
    prepared = prepare(read_plan(home / "odd.toml"))
    order = Order(path=home / "odd.toml", source="odd", script=read_script(home / "a.toml", duration=300 * 10**9))
    seen: list[float] = []
    assert fly(prepared, order, watch=seen.append).digest == fly(prepared, order).digest
    assert seen == sorted(seen)
    assert len(seen) > 90
