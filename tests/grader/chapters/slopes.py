"""Derivatives without rules of differentiation."""

from collections.abc import Callable
from typing import Any

import numpy as np


def slope(function: Callable[[Any], Any], at: Any, step: float = 1e-30) -> Any:
    """The derivative of an analytic function by each entry: a step into the imaginary, which loses no digits."""
    flat = np.ravel(np.asarray(at, complex))
    steps = step * 1j * np.eye(flat.size)
    found = [np.imag(function((flat + one).reshape(np.shape(at)))) for one in steps]
    return np.array(found).reshape(np.shape(at)) / step
