"""What a name of a network stands for. Each kind of name is made here, and told here from the others."""

from __future__ import annotations

import functools
from enum import Enum, auto

KINK = "@kink "
STEP = "step "
MEAN, VARIANCE = "𝔼", "𝕍"


class Role(Enum):
    """The kind of a name."""

    QUANTITY = auto()  # an input, a parameter or a computed value: W1, yhat
    DERIVATIVE = auto()  # dL/dW1
    ENTRY = auto()  # P[i], where a derivative of it is taken
    FUNCTION = auto()  # g1(), an abstract function as a value
    PLACE = auto()  # j#1, the index that a sum runs over
    STEP = auto()  # step 3, of a network written out by hand
    ANSWER = auto()  # @gradients.W1, what a blank asks for
    MOMENT = auto()  # 𝔼[s], 𝕍[s], of what is random
    KINK = auto()  # @kink 3, what is 0 where a derivative jumps


@functools.lru_cache(maxsize=10_000)
def role(name: str) -> Role:
    """The kind of a name, by how it is made."""
    if name.startswith("@"):
        return Role.KINK if name.startswith(KINK) else Role.ANSWER
    if name[:1] in (MEAN, VARIANCE):
        return Role.MOMENT
    if "/" in name:
        return Role.DERIVATIVE
    if "#" in name:
        return Role.PLACE
    if name.startswith(STEP):
        return Role.STEP
    return {"]": Role.ENTRY, ")": Role.FUNCTION}.get(name[-1], Role.QUANTITY)


def is_derivative(name: str) -> bool:
    return role(name) is Role.DERIVATIVE


def is_quantity(name: str) -> bool:
    """Is it a quantity of the network itself, neither derived nor asked for nor a step?"""
    return role(name) is Role.QUANTITY


def derivative_name(of: str, by: str) -> str:
    """The name of the derivative of ``of`` by ``by``."""
    return f"d{of}/d{by}"


def of_and_by(derivative: str) -> tuple[str, str]:
    """``L`` and ``W1`` of ``dL/dW1``."""
    of, _, by = derivative[1:].partition("/d")
    return of, by


def written_parts(derivative: str) -> tuple[str, str]:
    """What stands above and below the bar: ``dL/dw`` and ``v`` of ``ddL/dw/dv``, ``M`` and ``dL/dw`` of ``dM/ddL/dw``."""
    upper, apart, lower = derivative.partition("/dd")
    if not derivative.startswith("dd") and apart and "/" in lower:  # by a derivative
        return upper[1:], f"d{lower}"
    upper, _, lower = derivative.rpartition("/")
    return upper[1:], lower[1:]


def subscripted(name: str, subscript: str) -> str:
    """The name of a quantity where the network is used once more: ``L_ahead``."""
    return f"{name}_{subscript}"


def moment_name(sign: str, of: str) -> str:
    """The name of a mean or a variance: ``𝔼[s]``."""
    return f"{sign}[{of}]"


def moment_of(name: str) -> str:
    """``s`` of ``𝔼[s]``."""
    return name[2:-1]


def function_name(name: str) -> str:
    """The name of an abstract function as a value."""
    return f"{name}()"


def place_name(index: str, number: int) -> str:
    """The name of an index that the sum of this number runs over."""
    return f"{index}#{number}"


def index_of(place: str) -> str:
    """``j`` of ``j#1``."""
    return place.partition("#")[0]


def step_name(number: int) -> str:
    return f"{STEP}{number}"


def answer_name(address: str) -> str:
    """The name of what the blank at an address asks for."""
    return f"@{address}"


def address_of(answer: str) -> str:
    return answer.removeprefix("@")


def kink_name(number: int) -> str:
    return f"{KINK}{number}"
