"""What every table of a scenario file is: frozen, closed to unknown keys, its keys described."""

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Spec(BaseModel):
    """One table of a scenario; unknown keys are mistakes, and so is text or true where a number belongs."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        populate_by_name=True,
        defer_build=True,
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of the table, each key with what it means."""
        from sandbox.base.meanings import meaning

        schema = handler(core_schema)
        keys = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in cls.model_fields.items():
            said, key = meaning(cls, name), field.alias or name
            if said and key in keys:
                keys[key] = {"description": said, **keys[key]}
        return schema
