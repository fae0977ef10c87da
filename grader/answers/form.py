"""How an expression is to be written."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """How an expression is to be written."""

    ANY = "any"
    EXPANDED = "expanded"
    FACTORED = "factored"
    NO_CALLS = "no calls"
