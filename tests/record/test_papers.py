"""What is written about a run stands beside it and leaves it as it is."""

import pytest

from sandbox.record.errors import StoreError
from sandbox.record.history import verify
from sandbox.record.papers import keep_paper, papers


def test_a_paper_is_kept_beside_its_run_and_replaces_an_older_one(landed):
    store, ids = landed
    assert papers(store, ids[0]) == ()
    keep_paper(store, ids[0], name="debrief.md", text="first")
    path = keep_paper(store, ids[0], name="debrief.md", text="größer")
    keep_paper(store, ids[0], name="card.html", text="<p>")
    assert [one.name for one in papers(store, ids[0])] == ["card.html", "debrief.md"]
    assert path.read_text() == "größer"
    assert papers(store, ids[1]) == ()
    verify(store, ids[0])


@pytest.mark.parametrize("name", ["../x.md", "debrief", "", ".md", "a/b.md"])
def test_a_name_that_leads_elsewhere_is_refused(landed, name):
    store, ids = landed
    with pytest.raises(StoreError, match="cannot name a paper"):
        keep_paper(store, ids[0], name=name, text="")
