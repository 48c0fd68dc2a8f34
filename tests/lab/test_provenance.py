"""A study's page names the file that it flew, as `sha256sum` would."""

import hashlib
import json

import sandbox
from sandbox.lab.compare import Compared, Contest
from sandbox.lab.comparison import comparison
from sandbox.lab.provenance import provenance
from sandbox.report.render.page import as_html, as_json, as_markdown, as_text
from sandbox.scenario.read import read_plan


def test_a_plan_is_named_by_the_hash_of_its_files_bytes(scenario):
    path = scenario()
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert provenance(read_plan(path)) == f"{path.name} (sha256 {found}…), told by greenroom {sandbox.__version__}"


def test_every_form_of_a_page_tells_what_it_is_of(scenario):
    plan = read_plan(scenario())
    contest = Contest(plans=(("tiny", plan),), first=1, seeds=1)
    page = comparison(Compared(contest))
    assert page.of == provenance(plan)
    assert json.loads(as_json(page))["of"] == page.of
    for form in (as_html, as_markdown, as_text):
        assert page.of in form(page)
