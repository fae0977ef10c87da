"""What computing the values of a network by hand takes: steps, digits, signs.

The network is written out in steps as on paper (:func:`reference.derivatives.steps.in_steps`). What was computed
before is not computed again, and a step falls away where an operand makes its result plain, as in a sum
with 0 or a product with 1.

Values are looked at as they stand on paper: given ones as they are given, computed ones with three
decimals. So nothing hangs on the last bits of a machine's arithmetic.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from reference.derivatives.steps import in_steps
from reference.language.evaluating import evaluate, evaluate_all
from reference.language.expression import Apply, Expression, Name, parts, substitute
from reference.language.operations import OPERATIONS, Family, slope_of
from reference.language.values import Array
from reference.network import Network

ONE = 10**9  # 1 in units of the last place that is looked at
ROUNDED = 10**6  # a unit in the third decimal
LARGEST = 1e9
POWERS = 10 ** np.arange(19)

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Effort(Struct, frozen=True):
    """Counts over a batch, each (batch,).

    ``steps``: elementary operations that do not fall away; ``special``: those that do. ``signs``,
    ``digits``: negative operands of the steps, and significant digits of all their operands. ``active``:
    entries of activations that pass a gradient on.
    """

    steps: Counts
    signs: Counts
    digits: Counts
    active: Counts
    special: Counts


class Operand(Struct, frozen=True, dict=True):
    """Values (batch, rows, columns) of one operand; ``unit``: of the last place that is kept of them."""

    values: Array
    unit: int = 1

    @functools.cached_property
    def written(self) -> Counts:
        """The values as on paper, in billionths."""
        finite = np.nan_to_num(self.values, posinf=LARGEST, neginf=-LARGEST)
        units = np.rint(
            np.clip(finite, -LARGEST, LARGEST) * ONE
        )  # noise of the arithmetic goes first
        kept: Counts = np.rint(units / self.unit).astype(np.int64) * self.unit
        return kept

    @functools.cached_property
    def digits(self) -> Counts:
        """How many significant digits the values have as they are written."""
        size = np.abs(self.written)[..., None]
        length = (size >= POWERS).sum(axis=-1) - (size % POWERS[1:] == 0).sum(axis=-1)
        found: Counts = np.maximum(length, 0)
        return found

    def along(self, axis: int) -> list[Operand]:
        """Its rows (-2) or columns (-1), one by one."""
        parts = np.split(self.values, self.values.shape[axis], axis)
        return [Operand(part, self.unit) for part in parts]


class NetworkOnPaper(Struct, frozen=True):
    """A network, its steps on paper, each once, and the slopes of its activations."""

    network: Network
    steps: dict[str, Apply]
    slopes: tuple[Expression, ...]

    def effort(self, given: Mapping[str, Array], batch: int) -> Effort:
        """The effort of a batch.

        Args:
            given: values of the inputs, parameters and constants, each (batch, rows, columns).
        """
        values = self.network.evaluate(given)
        known = evaluate_all(self.steps, values)
        total = np.zeros((4, batch), dtype=np.int64)
        for step in self.steps.values():
            row = OPERATIONS[step.operation]
            if row.work is not None or not row.keeps_digits:
                operands = [self.operand(argument, known) for argument in step.args]
                for operation, entries in elementary(step.operation, operands):
                    total += counted(operation, entries)
        steps, signs, digits, special = total
        return Effort(steps, signs, digits, self.active(values, batch), special)

    def operand(self, argument: Expression, known: Mapping[str, Array]) -> Operand:
        computed = isinstance(argument, Name) and argument.name in self.steps
        return Operand(evaluate(argument, known), ROUNDED if computed else 1)

    def active(self, values: Mapping[str, Array], batch: int) -> Counts:
        found = np.zeros(batch, dtype=np.int64)
        for slope in self.slopes:
            passed = Operand(evaluate(slope, values), ROUNDED).written != 0
            found += passed.sum(axis=(-2, -1))
        return found


def prepare(network: Network, targets: Collection[str]) -> NetworkOnPaper:
    """Write out what leads to the targets, which are computed names; once for a network."""
    used = network.pruned(targets)
    return NetworkOnPaper(used, once(in_steps(used).equations), tuple(slopes(used)))


def once(equations: Mapping[str, Expression]) -> dict[str, Apply]:
    """Steps without those that say again what was computed before, or only name it otherwise."""
    known: dict[Apply, Name] = {}
    meant: dict[str, Expression] = {}
    for name, equation in equations.items():
        step = substitute(equation, meant)
        meant[name] = known.setdefault(step, Name(name)) if isinstance(step, Apply) else step
    return {name.name: step for step, name in known.items()}


def slopes(network: Network) -> Iterator[Expression]:
    """The derivative of each activation, of those that go entry by entry."""
    nodes = dict.fromkeys(node for root in network.equations.values() for node in parts(root))
    for node in nodes:
        if isinstance(node, Apply) and OPERATIONS[node.operation].family is Family.ACTIVATION:
            slope = slope_of(node.operation, node.args)
            if slope is not None:
                yield slope


def elementary(
    operation: str, operands: Sequence[Operand]
) -> Iterator[tuple[str, Sequence[Operand]]]:
    """The operations on entries, side by side, that one on matrices is made of."""
    if operation == "matmul":
        pairs = list(zip(operands[0].along(-1), operands[1].along(-2), strict=True))
        yield from (("scale", pair) for pair in pairs)
        yield from added([Operand(a.values * b.values, ROUNDED) for a, b in pairs])
    elif OPERATIONS[operation].work is not None:
        yield from by_entries(operation, operands)
    elif axes := OPERATIONS[operation].axes:
        entries = list(operands)
        for axis in axes:
            entries = [part for one in entries for part in one.along(axis)]
        yield from added(entries)
        if operation == "mean":
            total = np.sum([one.values for one in entries], axis=0)
            yield "divide", (Operand(total, ROUNDED), Operand(np.full((1, 1), float(len(entries)))))
    else:
        yield operation, operands


def by_entries(
    operation: str, operands: Sequence[Operand]
) -> Iterator[tuple[str, Sequence[Operand]]]:
    """The operations on numbers of an equation entry by entry, over what stands on paper."""
    work = OPERATIONS[operation].work
    assert work is not None
    for own, numbers in work(*(one.written / ONE for one in operands)):
        yield (
            own,
            [Operand(one.values[..., None], ROUNDED if one.computed else 1) for one in numbers],
        )


def added(terms: Sequence[Operand]) -> Iterator[tuple[str, Sequence[Operand]]]:
    """The additions of a sum, from the first term to the last."""
    total, *rest = terms
    for term in rest:
        yield "add", (total, term)
        total = Operand(total.values + term.values, ROUNDED)


def counted(operation: str, operands: Sequence[Operand]) -> Counts:
    """(4, batch): steps, negative operands, digits, and what falls away, of an operation on entries."""
    written = [one.written for one in operands]
    shape = np.broadcast_shapes(*(one.shape for one in written))
    nothing_to_do = OPERATIONS[operation].nothing_to_do
    falls = np.zeros(shape, dtype=np.bool_)
    if nothing_to_do is not None:
        falls = np.broadcast_to(nothing_to_do(ONE, *written), shape)
    negative = sum((one < 0).astype(np.int64) for one in written)
    digits = sum(one.digits for one in operands)
    entries = np.stack([~falls, ~falls * negative, ~falls * digits, falls])
    found: Counts = entries.sum(axis=(-2, -1))
    return found if found.ndim == 2 else found[:, None]
