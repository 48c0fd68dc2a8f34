"""A real model: an exported one."""

from typing import Literal

from sandbox.world.models.scoring import Scoring


class Onnx(Scoring):
    """Runs an exported model (ONNX) on the features of a batch of requests and takes its scores.

    It gets one input of all features in their order (n, d), or one input a feature (n, 1), by its name; text stays
    text where the model asks for strings. Of its outputs it reads `output`: the chance of yes (n,) or (n, 1), or one
    column a class (n, 2), of which the last counts. It holds data and no code, so it needs no trust. Service time is
    not measured but drawn from `latency`. It needs `pip install 'greenroom[onnx]'`.

    ```toml
    [models.candidate]
    kind = "onnx"
    path = "../models/churn.onnx"
    ```

    Bai, Lu, Zhang and others: ONNX, open neural network exchange, github.com/onnx/onnx (2019).
    """

    kind: Literal["onnx"] = "onnx"
    path: str
    """The exported model, relative to the scenario or "cache:NAME"; its hash goes into the record."""
    output: str | None = None
    """The output that holds the score; unless said "probabilities" if there is one, else the last of numbers."""

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The exported model."""
        return (("model", self.path),)

    @property
    def said(self) -> str:
        """What it is called in a message."""
        return self.path
