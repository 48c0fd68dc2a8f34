"""JSON Schema of a scenario's tables, with defaults as people write them."""

import warnings
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, SchemaError, SchemaSerializer, core_schema

from sandbox.base.units import SHARE_PATTERN


class _AsWritten(GenerateJsonSchema):
    """Says "15m" for a default of 900,000,000,000."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """The schema of a key that has a default."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = super().default_schema(schema)
        default = schema["default_factory"]() if "default_factory" in schema else schema.get("default")  # type: ignore[call-arg]
        if default is None:
            return said
        return said | {"default": _written(schema["schema"], default)}


def _written(schema: CoreSchema, value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, list):
        return [_written(schema, item) for item in value] if value and isinstance(value[0], BaseModel) else value
    try:
        return SchemaSerializer(schema).to_python(value, mode="json", warnings=False)
    except SchemaError:
        return value


KIND_UNLESS_SAID = ("Steps", "Rule")
"""The tables that need not say their kind."""


def schema_of(spec: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of one table, or of the whole document, with a ramp's steps also in their short form."""
    schema = spec.model_json_schema(schema_generator=_AsWritten)
    tables = schema.get("$defs", {})
    steps = tables.get("Steps")
    if steps is not None:
        short = {"type": "string", "pattern": f"^shadow$|{SHARE_PATTERN}", "examples": ["shadow", "5%"]}
        steps["properties"]["steps"]["items"] = {"anyOf": [steps["properties"]["steps"]["items"], short]}
    for name, table in tables.items():
        if "const" in table.get("properties", {}).get("kind", {}) and name not in KIND_UNLESS_SAID:
            table["required"] = sorted({"kind", *table.get("required", [])})
    return schema
