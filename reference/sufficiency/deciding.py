"""Do these data determine that quantity? Decided by a proof either way.

The quantities of a network of scalars are its values, its parameters and the derivatives of one value
by another. *Sufficient* is shown by a derivation: steps that each compute one quantity from known ones.
*Not sufficient* is shown by two networks that agree on all that is given and differ in the target. What
has neither proof, or only degenerate networks against it, is not decided.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain, product

import numpy as np
from msgspec import Struct

from reference.derivatives.reverse_mode import differentiate, pull_back, sum_terms
from reference.language.evaluating import evaluate_all
from reference.language.expression import (
    Apply,
    Expression,
    Name,
    Number,
    fold,
    names,
    number,
    parts,
    rebuild,
    substitute,
)
from reference.language.operations import OPERATIONS
from reference.language.roles import derivative_name, of_and_by
from reference.language.simplifying import simplify
from reference.language.values import Array
from reference.network import Network, scalars
from reference.sufficiency.side_by_side import BATCH, Flags, column, differing, drawn, evaluated

ROUNDS = 24
KEPT = 4096  # decisions, derivations and counterexamples of a network
SMALL = (-2, -1, 1, 2)
WIDER = (-3, -2, -1, 1, 2, 3)
DEGENERATE = (-2, -1, 0, 1, 2)

FORWARD, CHAIN, SAME, EULER = "forward", "chain rule", "the same", "homogeneity"

Values = dict[str, int]
Pair = tuple[Values, Values]


class Deduction(Struct, frozen=True):
    """One quantity, computed from others; ``rule`` says by which law."""

    quantity: str
    formula: Expression
    rule: str


class Sufficient(Struct, frozen=True):
    """The data determine the target, by these deductions; none where the target is given."""

    steps: tuple[Deduction, ...]


class Insufficient(Struct, frozen=True):
    """Two networks, by the values of their inputs and parameters, which the data cannot tell apart."""

    first: Mapping[str, int]
    second: Mapping[str, int]

    @property
    def networks(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        return self.first, self.second


class Undecided(Struct, frozen=True):
    """Neither was proved; ``degenerate`` are two networks with zero weights or dead layers, if any."""

    degenerate: Pair | None = None


Decision = Sufficient | Insufficient | Undecided


class Sufficiency(Struct, frozen=True, dict=True, eq=False):
    """What can be determined in a network of scalars."""

    network: Network

    def determines(self, target: str, given: Collection[str]) -> bool | None:
        """Do the given quantities determine the target in every network of this form? Nothing where neither is proved."""
        if self.derivation(target, given) is not None:
            return True
        return None if self.counterexample(target, given) is None else False

    def decide(self, target: str, given: Collection[str]) -> Decision:
        """As :meth:`determines`, with the proof as one shows it."""
        return self.decided(target, frozenset(given))

    @functools.cached_property
    def decided(self) -> Callable[[str, frozenset[str]], Decision]:
        """The last decisions: structures of an exercise ask much the same of one network."""
        return functools.lru_cache(maxsize=KEPT)(self.decision)

    def decision(self, target: str, given: frozenset[str]) -> Decision:
        found = self.derivation(target, given)
        if found is not None:
            return Sufficient(found)
        pair = self.counterexample(target, given)
        if pair is not None:
            return Insufficient(*self.simplified(pair, target, given))
        pair = self.counterexample(target, given, degenerate=True)
        return Undecided(pair and self.simplified(pair, target, given, degenerate=True))

    # Derivations

    def derivation(self, target: str, given: Collection[str]) -> tuple[Deduction, ...] | None:
        """The steps from what is given to the target, if the laws lead there."""
        return self.derived(target, frozenset(given))

    @functools.cached_property
    def derived(self) -> Callable[[str, frozenset[str]], tuple[Deduction, ...] | None]:
        """The last derivations."""
        return functools.lru_cache(maxsize=KEPT)(self.closure)

    def closure(self, target: str, given: frozenset[str]) -> tuple[Deduction, ...] | None:
        how: dict[str, Deduction | None] = dict.fromkeys(given)
        bits, waiting = self.in_bits
        known = sum(bits.get(name, 0) for name in given)
        while target not in how:
            before = known
            for step, premises, bit in waiting:  # of one round, the first law that applies
                if premises & before == premises and not known & bit:
                    known |= bit
                    how[step.quantity] = step
            if known == before:
                return None
            waiting = [one for one in waiting if not one[2] & known]
        return used(target, how)

    @functools.cached_property
    def in_bits(self) -> tuple[dict[str, int], list[tuple[Deduction, int, int]]]:
        """A bit for each quantity; and each law with the bits of its premises, and that of what it gives."""
        bits: dict[str, int] = {}
        for step, premises in self.laws:
            for name in (step.quantity, *premises):
                bits.setdefault(name, 1 << len(bits))
        laws = [
            (step, sum(bits[name] for name in premises), bits[step.quantity])
            for step, premises in self.laws
        ]
        return bits, laws

    @functools.cached_property
    def laws(self) -> list[tuple[Deduction, frozenset[str]]]:
        """Every step that holds in all networks of this form, with its premises; the plainest first."""
        network = self.network
        steps = [Deduction(name, equation, FORWARD) for name, equation in network.equations.items()]
        steps += by_users(network)
        layers = levels(network)
        for of, by in self.derivatives:
            steps += through(network, of, by, layers)
        base = at_random(network)
        for of in network.equations:
            steps += homogeneous(network, of, layers, base)
        same = [
            Deduction(step.formula.name, Name(step.quantity), SAME)
            for step in steps
            if isinstance(step.formula, Name)
        ]
        return [(step, names(step.formula)) for step in [*steps, *same]]

    @functools.cached_property
    def close_to(self) -> dict[str, list[str]]:
        """Quantity → those from which one step leads to it, in order."""
        found: dict[str, set[str]] = {}
        for step, premises in self.laws:
            found.setdefault(step.quantity, set()).update(premises)
        return {quantity: sorted(own) for quantity, own in found.items()}

    @functools.cached_property
    def derivatives(self) -> list[tuple[str, str]]:
        """Every pair of a computed value and another that it depends on."""
        network = self.network
        return [(of, by) for of in network.equations for by in sorted(network.ancestors(of) - {of})]

    # Counterexamples

    def counterexample(
        self, target: str, given: Collection[str], degenerate: bool = False, rounds: int = ROUNDS
    ) -> Pair | None:
        """Two networks of small integers that agree on all that is given and not on the target, as they are found.

        Without ``degenerate``, no value is zero but what a ReLU puts out, and none of its layers is
        dead as a whole. Networks of other functions than ReLU are not searched, as rounding could make
        values equal that are not. The first that is found is the one, in however many rounds.
        """
        question = target, frozenset(given), degenerate
        if question not in self.found:
            pair = self.searched(target, given, degenerate, rounds) if self.is_exact else None
            if pair is None:
                return None
            if len(self.found) == KEPT:
                self.found.clear()
            self.found[question] = pair
        return self.found[question]

    @functools.cached_property
    def found(self) -> dict[tuple[str, frozenset[str], bool], Pair]:
        """The last counterexamples: who draws a question looks for those that its key is made of."""
        return {}

    def searched(
        self, target: str, given: Collection[str], degenerate: bool, rounds: int
    ) -> Pair | None:
        network, known = self.computing(target, given)
        names = (*network.inputs, *network.parameters)
        fixed = frozenset(given).intersection(names)
        pools = (DEGENERATE,) if degenerate else (SMALL, WIDER)
        for round_, pool in product(range(rounds), pools):
            values = drawn(names, fixed, pool, 1 + round_)
            found = evaluated(network, names, values)
            fit = np.full(BATCH, True) & (degenerate or self.alive(found))
            keys = [column(found[name]) for name in known]
            pair = differing(keys, column(found[target]), fit)
            if pair is not None:
                one, other = (
                    dict(zip(names, values[:, row].tolist(), strict=True)) for row in pair
                )
                return one, other
        return None

    def simplified(
        self, pair: Pair, target: str, given: Collection[str], degenerate: bool = False
    ) -> Pair:
        """The networks of a counterexample, differing in fewer values, and with 1 where any value will do."""
        network, known = self.computing(target, given)
        names = [*pair[0]]
        both = np.array([[*one.values()] for one in pair])

        def differ(pairs: Array) -> Flags:
            """(pairs,): which agree on all that is known, and not on the target?"""
            table = pairs.reshape(-1, len(names))
            found = evaluated(network, names, table.T)
            fit: Flags = np.broadcast_to(degenerate or self.alive(found), len(table))
            values = np.stack([column(found[name], len(table)) for name in (target, *known)])
            equal = values[:, ::2] == values[:, 1::2]
            both_fit: Flags = fit[::2] & fit[1::2] & ~equal[0] & equal[1:].all(axis=0)
            return both_fit

        def first(pairs: Array) -> Array:
            """The first that will do, or the one that there is."""
            fit = differ(pairs)
            return pairs[fit.argmax()] if fit.any() else both

        apart = np.flatnonzero(both[0] != both[1])
        alone = np.repeat(both[:1], 2 * len(apart), axis=0).reshape(-1, 2, len(names))
        alone[range(len(apart)), 1, apart] = both[1, apart]
        both = first(alone)  # perhaps one difference is enough
        waiting = list(range(len(names)))
        while waiting:  # as many as will do at once, then the next by itself
            trials = np.repeat(both[None], len(waiting) + 1, axis=0)
            for row, place in enumerate(waiting, start=1):
                trials[row:, :, place] = 1
            done = [*differ(trials[1:]), False].index(False)
            both = trials[done]
            for place in waiting[done : done + 1]:
                if both[0, place] != both[1, place]:
                    alike = np.repeat(both[None], 2, axis=0)
                    alike[:, :, place] = both[:, place, None]
                    both = first(alike)
            waiting = waiting[done + 1 :]
        one, other = (dict(zip(names, own.tolist(), strict=True)) for own in both)
        return one, other

    @functools.cached_property
    def is_exact(self) -> bool:
        """Are all values integers where the inputs and parameters are?"""
        nodes = [node for e in self.network.equations.values() for node in parts(e)]
        applied = [OPERATIONS[node.operation] for node in nodes if isinstance(node, Apply)]
        numbers = [node.value for node in nodes if isinstance(node, Number)]
        whole = all(row.whole for row in applied)
        return whole and all(one.denominator == 1 for one in numbers)

    @functools.cached_property
    def relus(self) -> list[list[str]]:
        """The ReLUs of every layer."""
        network = self.network
        return [[one for one in layer if is_relu(network, one)] for layer in levels(network)]

    def computing(self, target: str, given: Collection[str]) -> tuple[Network, list[str]]:
        """What computes a target, what is given and the ReLUs; what is given and computed."""
        network = self.extended(frozenset({target, *given} - self.network.shapes.keys()))
        known = [name for name in sorted(given) if name in network.equations]
        return network.pruned([target, *known, *chain.from_iterable(self.relus)]), known

    @functools.cached_property
    def extended(self) -> Callable[[frozenset[str]], Network]:
        """The network with some derivatives, of which many questions ask for the same."""
        return functools.lru_cache(maxsize=64)(self.differentiated)

    def differentiated(self, derivatives: frozenset[str]) -> Network:
        network = self.network
        wanted: dict[str, list[str]] = {}
        for of, by in map(of_and_by, sorted(derivatives)):
            wanted.setdefault(of, []).append(by)
        for of, several in wanted.items():
            network = differentiate(network, of, several)
        return network

    def alive(self, found: Mapping[str, Array]) -> Flags:
        """(networks,) where no layer of ReLUs is dead as a whole."""
        flags = np.ones(1, dtype=bool)
        for layer in self.relus:
            outputs = [found[name] for name in layer if name in found]
            if outputs:
                flags = flags & np.any([output[:, 0, 0] > 0 for output in outputs], axis=0)
        return flags


def used(target: str, how: Mapping[str, Deduction | None]) -> tuple[Deduction, ...]:
    """The steps that the target needs, each after those that it uses."""
    found: dict[str, Deduction] = {}

    def visit(quantity: str) -> None:
        step = how[quantity]
        if step is None or quantity in found:
            return
        for premise in sorted(names(step.formula)):
            visit(premise)
        found[quantity] = step

    visit(target)
    return tuple(found.values())


def by_users(network: Network) -> Iterator[Deduction]:
    """The chain rule by what uses a quantity; masks also as they show in what a ReLU puts out."""
    rule = chain_rule(network)
    for of in network.equations:
        own = network.ancestors(of)
        outer = {user: derivative_name(of, user) for user in own - {of}}
        shapes = scalars([*network.shapes, *outer.values()])
        put: dict[str, Expression] = {derivative_name("", of): number(1)}
        put |= {derivative_name("", user): Name(name) for user, name in outer.items()}
        for name in sorted(outer):
            users = frozenset(user for user in own if name in network.edges(user))
            for formula in rule(name, users):
                found = substitute(formula, put)
                if of in users:
                    found = simplify(found, shapes)
                yield Deduction(outer[name], found, CHAIN)


def chain_rule(network: Network) -> Callable[[str, frozenset[str]], list[Expression]]:
    """The derivatives by a name, of the derivatives ``d/du`` by those quantities u that use it."""
    outer = {user: derivative_name("", user) for user in network.equations}
    shapes = scalars([*network.shapes, *outer.values()])
    outputs = {
        equation.args[0]: Name(name)
        for name, equation in network.equations.items()
        if isinstance(equation, Apply) and equation.operation == "relu"
    }
    terms: dict[str, list[tuple[str, Expression]]] = {}
    for user in reversed([*network.equations]):
        for name, term in pull_back(network, user, Name(outer[user]), frozenset(shapes), shapes):
            terms.setdefault(name, []).append((user, term))

    @functools.cache
    def rule(name: str, users: frozenset[str]) -> list[Expression]:
        total = sum_terms([term for user, term in terms[name] if user in users], name)
        formula = simplify(total, shapes)
        seen = masked_by_outputs(formula, outputs)
        return [seen, formula] if seen != formula else [formula]

    return rule


def masked_by_outputs(formula: Expression, outputs: Mapping[Expression, Name]) -> Expression:
    """A formula in which ``1{w x > 0}`` stands as ``1{h > 0}``, for h = relu(w x), which is one of ``outputs``."""

    def visit(node: Expression, args: list[Expression]) -> Expression:
        if isinstance(node, Apply) and node.operation == "gt" and args[0] in outputs:
            return Apply("gt", (outputs[args[0]], args[1]))
        return rebuild(node, args)

    return fold(formula, visit)


def through(
    network: Network, of: str, by: str, layers: Sequence[Sequence[str]]
) -> Iterator[Deduction]:
    """The chain rule by a layer, or a single quantity, that every path between the two goes through."""
    for between in cuts(network, of, by, layers):
        terms: list[Expression] = [
            Apply("scale", (Name(derivative_name(of, one)), Name(derivative_name(one, by))))
            for one in between
            if by in network.ancestors(one) and one in network.ancestors(of)
        ]
        yield Deduction(derivative_name(of, by), sum_terms(terms, by), CHAIN)


def cuts(network: Network, of: str, by: str, layers: Sequence[Sequence[str]]) -> list[list[str]]:
    """Sets of computed quantities that separate ``by`` from ``of``: layers, and single ones."""
    between = [
        name
        for name in network.equations
        if name not in (of, by) and name in network.ancestors(of) and by in network.ancestors(name)
    ]
    whole = [[name for name in layer if name in between] for layer in layers]
    candidates = [layer for layer in whole if layer] + [[name] for name in between]
    distinct = {tuple(one): one for one in candidates}
    return [one for one in distinct.values() if not reaches(network, by, of, {*one})]


def reaches(network: Network, by: str, of: str, without: set[str]) -> bool:
    """Is there a path from one quantity to another that avoids some?"""
    stack, seen = [of], set[str]()
    while stack:
        name = stack.pop()
        if name == by:
            return True
        if name in seen or name in without:
            continue
        seen.add(name)
        stack.extend(network.edges(name))
    return False


def homogeneous(
    network: Network, of: str, layers: Sequence[Sequence[str]], base: Mapping[str, Array]
) -> Iterator[Deduction]:
    """Euler's theorem: what grows in proportion to some quantities is the sum of theirs times its slopes."""
    own = network.ancestors(of) - {of}
    groups = [[name for name in layer if name in own] for layer in layers]
    groups.append([name for name in network.inputs if name in own])
    groups += [
        [name for name in network.edges(unit) if name in network.parameters]
        for unit in [of, *(name for name in network.equations if name in own)]
    ]
    for group in groups:
        if group and grows_with(network, of, group, base):
            terms: list[Expression] = [
                Apply("scale", (Name(derivative_name(of, name)), Name(name)))
                for name in sorted(group)
            ]
            yield Deduction(of, sum_terms(terms, of), EULER)


def at_random(network: Network) -> dict[str, Array]:
    """The values of some random networks."""
    generator = np.random.Generator(np.random.Philox(key=3))
    free = (*network.inputs, *network.parameters)
    return network.evaluate({name: generator.uniform(-1, 1, (64, 1, 1)) for name in free})


def grows_with(
    network: Network, of: str, group: Collection[str], base: Mapping[str, Array]
) -> bool:
    """Does a value double where all of some quantities do, in every one of some networks?"""
    doubled = {name: 2 * base[name] for name in group}
    rest = {
        name: e
        for name, e in network.equations.items()
        if name not in doubled and name in network.ancestors(of)
    }
    moved = evaluate_all(rest, {**base, **doubled})
    return bool(np.allclose(moved[of], 2 * base[of], rtol=1e-9, atol=1e-12))


def levels(network: Network) -> list[list[str]]:
    """The computed quantities by the length of the longest path to them: the layers of a layered network."""
    depth: dict[str, int] = {}
    for name in network.equations:
        depth[name] = 1 + max((depth.get(one, 0) for one in network.edges(name)), default=0)
    found: dict[int, list[str]] = {}
    for name, level in depth.items():
        found.setdefault(level, []).append(name)
    return [found[level] for level in sorted(found)]


def is_relu(network: Network, name: str) -> bool:
    equation = network.equations[name]
    return isinstance(equation, Apply) and equation.operation == "relu"
