"""The kinds of model."""

from typing import Annotated

from pydantic import Field

from sandbox.world.models.answering import Answering
from sandbox.world.models.callable import Callable
from sandbox.world.models.llm import Llm
from sandbox.world.models.logged import Logged
from sandbox.world.models.multi import Multi
from sandbox.world.models.onnx import Onnx
from sandbox.world.models.synthetic import Synthetic
from sandbox.world.models.trained import Trained

Model = Annotated[Synthetic | Logged | Callable | Onnx | Llm | Multi | Trained, Field(discriminator="kind")]
KINDS: tuple[type[Answering], ...] = (Synthetic, Logged, Callable, Onnx, Llm, Multi, Trained)
