"""A network written out in the steps that a person takes on paper, and the chains of products among them."""

from __future__ import annotations

from msgspec import structs

from reference.language.dimensions import Shape
from reference.language.expression import Apply, Expression, Name, fold, number
from reference.language.operations import OPERATIONS
from reference.language.roles import Role, role, step_name
from reference.language.shapes import own_shape
from reference.language.simplifying import PRODUCTS
from reference.network import Network

ONE = number(1)


def in_steps(network: Network) -> Network:
    """The same network with one operation an equation, each as it is computed by hand."""
    shapes: dict[str, Shape] = dict(network.shapes)
    equations: dict[str, Expression] = {}

    def step(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        name = step_name(len(equations) + 1)
        equations[name] = Apply(node.operation, tuple(args))
        shapes[name] = own_shape(equations[name], [shape(arg) for arg in args], shapes)
        return Name(name)

    def shape(node: Expression) -> Shape:
        return own_shape(node, [], shapes)

    for name, root in network.equations.items():
        equations[name] = fold(expanded(root), step)
    return structs.replace(network, shapes=shapes, equations=equations)


def expanded(root: Expression) -> Expression:
    """Every operation that has steps on paper, written out in them."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if not isinstance(node, Apply):
            return node
        if node.operation == "scale" and args[0] == ONE:
            return args[1]  # by which an author gives an answer a name of its own
        by_hand = OPERATIONS[node.operation].by_hand
        return by_hand(*args) if by_hand else Apply(node.operation, tuple(args))

    return fold(root, visit)


def origin(steps: Network, name: str) -> str:
    """The step that a name is only another name of: rounding it is rounding the answer."""
    while isinstance(other := steps.equations[name], Name) and other.name in steps.equations:
        name = other.name
    return name


def links(steps: Network, name: str) -> list[str]:
    """The steps that are only part of a longer chain of entrywise products, which ``name`` goes on."""
    node = steps.equations.get(name)
    if not isinstance(node, Apply) or node.operation not in PRODUCTS:
        return []
    return [
        argument.name
        for argument in node.args
        if isinstance(argument, Name)
        and role(argument.name) is Role.STEP
        and isinstance(inner := steps.equations[argument.name], Apply)
        and inner.operation in PRODUCTS
    ]


def factors(steps: Network, name: str) -> tuple[Expression, ...]:
    """What is multiplied in the chain of entrywise products that ends in a step; nothing where it is no such product."""
    if steps.equations[name].operation not in PRODUCTS:
        return ()
    found: list[Expression] = []
    stack = [name]
    while stack:
        link = stack.pop()
        inner = links(steps, link)
        stack.extend(inner)
        found += [
            argument
            for argument in steps.equations[link].args
            if not (isinstance(argument, Name) and argument.name in inner)
        ]
    return tuple(found)
