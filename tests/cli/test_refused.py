"""A scenario that cannot be flown is an artefact of CI, too: on standard output, in the form that was asked for."""

import json
import xml.etree.ElementTree as ET


def test_github_shows_the_mistake_beside_its_line(greenroom, tiny):
    code, out, err = greenroom("run", tiny("[expect]\noutcome = \"landed\"\n"), "--output", "github")
    assert code == 3
    assert out.startswith('::error file=tiny.toml,line=20::expect.outcome: no value "landed"')
    assert "tiny.toml:20" in err


def test_junit_and_json_hold_every_mistake(greenroom, tiny):
    file = tiny('[expect]\noutcome = "landed"\nharm = 3\n')
    code, out, _ = greenroom("run", file, "--output", "junit")
    assert code == 3
    suites = ET.fromstring(out)
    assert suites.attrib["errors"] == "2"
    assert [one.attrib["message"].split(":")[0] for one in suites.iter("error")] == ["expect.outcome", "expect.harm"]
    _, out, _ = greenroom("run", file, "--output", "json")
    refused = json.loads(out)["refused"]
    assert [(one["file"], one["line"]) for one in refused] == [("tiny.toml", 20), ("tiny.toml", 21)]


def test_a_recording_that_is_not_there_is_one_too(greenroom, tiny):
    text = (
        'format = 1\n[scenario]\ntitle = "Gone"\n[traffic]\nkind = "replay"\npath = "gone.csv"\n'
        'columns = { time = "t" }\n[models.incumbent]\nkind = "logged"\n[models.candidate]\nkind = "logged"\n'
    )
    code, out, _ = greenroom("run", tiny("", text=text), "--output", "github")
    assert code == 3
    assert out.startswith("::error file=tiny.toml")
