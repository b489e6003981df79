"""Asking for the options of a test."""

from __future__ import annotations

import streamlit as st

from rom_vision.protocols.base import Option
from rom_vision.ui.parts.frame import plain
from rom_vision.ui.parts.tongue import t

__all__ = ["choose", "choose_option"]


def choose_option(option: Option, key: str, before: str | None = None) -> str:
    """Ask for an option of a test: one of its choices, or a number that may be left out."""
    if option.number is None:
        known = before if before in option.values else option.values[0]
        words = {choice.value: t(choice.words) for choice in option.choices}
        return choose(t(option.words), words, key, known)
    low, high = option.number
    given = float(before) if before and before not in option.values else None
    label, about = f"{t(option.words)} ({option.unit})", t(option.help)
    number = st.number_input(plain(label), low, high, given, step=1.0, key=key, help=plain(about))
    return str(option.default) if number is None else f"{number:g}"


def choose(label: str, options: dict[str, str], key: str, default: str | None = None) -> str:
    """Ask for one of some answers, value to words; the first unless another is the default."""
    first = default or next(iter(options))
    return st.segmented_control(
        plain(label), list(options), default=first, format_func=lambda v: plain(options[v]), key=key, required=True
    )
