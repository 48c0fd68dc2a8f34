"""What every table of a scenario file is: frozen, closed to unknown keys, its keys described."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """One table of a scenario; unknown keys are mistakes, and so is text or true where a number belongs."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )
