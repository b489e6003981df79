"""`rom-vision schema`: the JSON Schema of what the program writes."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated

import typer

__all__ = ["schema"]


class SchemaName(str, Enum):
    """Documents that have a schema."""

    RESULT = "result"
    COMPARISON = "comparison"


def schema(
    of: Annotated[SchemaName, typer.Argument(help="Which document.", show_default=True)] = SchemaName.RESULT,
) -> None:
    """Write the JSON Schema of a result, or of a comparison, to standard output."""
    if of is SchemaName.RESULT:
        from rom_vision.results.schema import result_schema

        found = result_schema()
    else:
        from rom_vision.sessions.compare import comparison_schema

        found = comparison_schema()
    typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
