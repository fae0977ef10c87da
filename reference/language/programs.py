"""What programs put around formulas: libraries before functions, and sums of Einstein's; and words of another language."""

from __future__ import annotations

import re

# ``F`` may be a matrix, so only functions that PyTorch has there make it a library.
LIBRARIES = re.compile(
    r"""(?<![A-Za-z_.])(?:
        (?:(?:np|numpy|jnp|torch|tf|math|scipy|nn|functional|linalg|special|sympy|sp)\.)+(?=[A-Za-z])
        |F\.(?=(?:relu|leaky_relu|sigmoid|tanh|softmax|softplus|gelu|silu)\b)
    )+""",
    re.VERBOSE,
)
LIBRARY = re.compile(
    r"(?:np|numpy|jnp|torch|tf|math|scipy|nn|functional|linalg|special|sympy|sp|F)\.[A-Za-z]"
)
EINSUM = re.compile(
    r"""einsum\(\s*['"]?\s*([a-z]{1,2})\s*,\s*([a-z]{1,2})\s*->\s*([a-z]{0,2})\s*['"]?\s*,"""
)
GERMAN = re.compile(r"\b(?:wenn|falls|dann|sonst)\b")
ENGLISH = {"wenn": "if  ", "falls": "if   ", "dann": "then", "sonst": "else "}
LENGTHS = re.compile(r"(?<=ones\()\(([^()]*)\)(?=\))")  # a tuple of them
SCALAR = "0"  # the places of a result that has none


def without_libraries(text: str) -> str:
    """A text with ``exp`` for ``np.exp`` and ``if`` for ``wenn``, in their places, and ``einsum_ij_j_i(`` for ``einsum('ij,j->i',``."""
    if "." in text and LIBRARY.search(text):  # which is quicker
        text = LIBRARIES.sub(lambda found: " " * len(found.group()), text)
    if "sonst" in text:
        text = GERMAN.sub(lambda found: ENGLISH[found[0]], text)
    if "ones((" in text:
        text = LENGTHS.sub(lengths, text)
    if "einsum" in text:
        text = EINSUM.sub(lambda found: f"einsum_{found[1]}_{found[2]}_{found[3] or SCALAR}(", text)
    return text


def lengths(found: re.Match[str]) -> str:
    """A tuple of lengths without its brackets and the comma at its end, in its place."""
    return f" {found[1].rstrip().removesuffix(',')}".ljust(len(found[0]))
