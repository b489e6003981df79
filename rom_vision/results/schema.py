"""The JSON Schema of a result document, the fields that two tests have kept from schema 1 included."""

from __future__ import annotations

from typing import Any

from rom_vision.results.document import Document
from rom_vision.results.schema1 import HipRotation1, Squat1

__all__ = ["result_schema"]

_REF = "#/$defs/{model}"


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what `Document.to_json` writes."""
    whole = Document.model_json_schema(mode="serialization", by_alias=True, ref_template=_REF)
    definitions = whole.pop("$defs", {})
    whole["properties"]["command"] = {"type": "string", "description": "what makes it again; empty where nothing can"}
    rules = []
    for kept in (HipRotation1, Squat1):
        of_test = kept.model_json_schema(mode="serialization", by_alias=True, ref_template=_REF)
        definitions = {**of_test.pop("$defs", {}), **definitions}
        test = of_test["properties"]["test"]["const"]
        rules.append({"if": {"properties": {"test": {"const": test}}}, "then": of_test})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **whole,
        "allOf": rules,
        "$defs": definitions,
    }
