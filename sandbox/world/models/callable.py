"""A real model: somebody's Python function."""

from typing import Literal

from pydantic import Field

from sandbox.world.models.scoring import Scoring


class Callable(Scoring):
    """Calls a Python function with the features of a batch of requests and takes its scores.

    The function gets a mapping from feature name to column (numbers as float64, categories as text) and returns one
    score in [0, 1] a row. It runs in this process with your rights, so `run` asks for trust. Service time is not
    measured but drawn from `latency`.

    ```toml
    [models.candidate]
    kind = "callable"
    target = "churn.model:score"
    path = "../src"
    artefacts = ["../models/churn.joblib"]
    ```

    Sculley et al.: Hidden technical debt in machine learning systems, NIPS 2015.
    """

    kind: Literal["callable"] = "callable"
    target: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
    """The function, as "package.module:function"."""
    path: str = "."
    """The folder to import it from, relative to the scenario."""
    artefacts: list[str] = []
    """Files the function depends on, relative to the scenario or "cache:NAME": their hashes go into the record."""

    @property
    def source(self) -> str:
        """The file of the function, below `path`."""
        return self.target.split(":")[0].replace(".", "/") + ".py"

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Its source and its artefacts."""
        folder = "" if self.path == "." else f"{self.path}/"
        return (("source", f"{folder}{self.source}"), *(("artefact", name) for name in self.artefacts))

    @property
    def said(self) -> str:
        """What it is called in a message."""
        return self.target
