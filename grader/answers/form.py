"""How an expression is to be written."""

from __future__ import annotations

from enum import StrEnum

from reference.equivalence.forms import is_expanded, is_factored, is_without_calls


class Form(StrEnum):
    """How an expression is to be written."""

    ANY = "any"
    EXPANDED = "expanded"
    FACTORED = "factored"
    NO_CALLS = "no calls"


FORMS = {
    Form.EXPANDED: (is_expanded, "multiplied out"),
    Form.FACTORED: (is_factored, "as a product"),
    Form.NO_CALLS: (is_without_calls, "without functions"),
}
