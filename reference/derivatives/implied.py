"""Which derivative a gradient implies: dL/dz of dL/dW = dL/dz a^T, as far as there is only one."""

from __future__ import annotations

from typing import TypeGuard

from reference.language.dimensions import SCALAR
from reference.language.expression import Apply, Expression, Name, apply, names
from reference.language.operations import transposed
from reference.language.roles import is_derivative
from reference.language.shapes import infer
from reference.language.simplifying import PRODUCTS
from reference.network import Network


def implied(network: Network, gradient: str) -> tuple[str, Expression] | None:
    """The derivative that a gradient is the product of with a quantity, and how it is computed from the gradient.

    Of an outer product it is the one that comes nearest to the gradient, which is the very one where there is
    one. Nothing where the gradient is no such product, or tells only a part, as a product of matrices does.
    """
    product = network.equations[gradient]
    if not isinstance(product, Apply) or product.operation not in {*PRODUCTS, "matmul"}:
        return None
    for factor, other in (product.args, product.args[::-1]):
        if is_error_term(factor, network) and not any(map(is_derivative, names(other))):
            by = factored_out(Name(gradient), factor, other, product, network)
            return None if by is None else (factor.name, by)
    return None


def is_error_term(factor: Expression, network: Network) -> TypeGuard[Name]:
    return (
        isinstance(factor, Name) and is_derivative(factor.name) and factor.name in network.equations
    )


def factored_out(
    whole: Name, factor: Name, other: Expression, product: Apply, network: Network
) -> Expression | None:
    """One factor of a product, by the product and the other one."""
    shape, its_own = network.shapes[whole.name], network.shapes[factor.name]
    if product.operation == "matmul":
        if factor is not product.args[0] or infer(other, network.shapes)[0] != 1:
            return None
        total = apply("matmul", other, transposed(other))
        return apply("divide", apply("matmul", whole, transposed(other)), total)
    if shape == its_own:
        return apply("divide", whole, other)
    if its_own != SCALAR:
        return None
    above, below = (apply("sum", apply("hadamard", one, other)) for one in (whole, other))
    return apply("divide", above, below)
