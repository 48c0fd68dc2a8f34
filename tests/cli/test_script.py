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
