"""The published JSON Schema of the pack language, made from the same model that reads packs."""

from __future__ import annotations

from typing import Any

from .model import LANGUAGE, Pack


def published() -> dict[str, Any]:
    """The schema of the newest language: any value may be null, unknown keys are refused."""
    schema = Pack.model_json_schema(by_alias=True)
    for block in (schema, *schema.get("$defs", {}).values()):
        for name, kind in block.get("properties", {}).items():
            kind.pop("default", None)
            if not _is_block(kind):
                block["properties"][name] = {"anyOf": [kind, {"type": "null"}]}
    language = {"enum": [value for number in range(1, LANGUAGE + 1) for value in (number, str(number))]}
    schema["properties"]["language"] = language
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Zhengyou pack, language 1",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _is_block(kind: dict[str, Any]) -> bool:
    values = [kind, *kind.get("anyOf", ()), *kind.get("allOf", ())]
    values += [kind["additionalProperties"]] if isinstance(kind.get("additionalProperties"), dict) else []
    return any("$ref" in value for value in values)
