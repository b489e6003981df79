"""What a command tells people: on standard output, faults on standard error."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import typer

from rom_vision.legible import legible

__all__ = ["prepare", "say"]


def prepare() -> None:
    """Let a terminal that lacks a character show a mark in its place, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str, *, fault: bool = False) -> None:
    """Print text, made legible: it may hold a name, or a sentence that came with a file."""
    typer.echo(legible(text), err=fault)
