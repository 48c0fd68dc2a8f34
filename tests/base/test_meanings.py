"""A key means what stands below it in the source, wherever it is read: the same as pydantic itself would say."""

from pydantic import BaseModel, create_model
from pydantic._internal._docs_extraction import extract_docstrings_from_cls

from sandbox.base.meanings import meaning
from sandbox.base.spec import Spec
from sandbox.scenario.document import Document
from sandbox.scenario.schema import schema_of
from sandbox.world.services.service import Service


def tables() -> list[type[BaseModel]]:
    """Every table there is, those that take after another too."""
    found, left = [], [Spec]
    while left:
        here = left.pop().__subclasses__()
        left += here
        found += [one for one in here if one.__module__.startswith("sandbox.")]
    return found


def test_a_key_means_what_pydantic_reads_below_it():
    said = {one: extract_docstrings_from_cls(one, use_inspect=True) for one in tables()}
    assert sum(map(len, said.values())) > 500
    assert said == {one: {name: meaning(one, name) for name in theirs} for one, theirs in said.items()}


def test_a_key_that_python_keeps_for_itself_is_asked_for_as_the_file_has_it():
    from sandbox.scenario.tables.plan import Halt

    assert meaning(Halt, "for") == meaning(Halt, "for_") == "How long it must hold."


def test_nothing_is_said_where_nothing_stands():
    assert meaning(create_model("Bare", __base__=Spec, key=(int, 1)), "key") == ""


def test_the_schema_says_what_every_key_means():
    tables = schema_of(Document)["$defs"]
    assert tables["Service"]["properties"]["replicas"]["description"] == meaning(Service, "replicas") != ""
