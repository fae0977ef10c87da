"""Backpropagation through time that is misunderstood: not carried back, a step too few, a quantity of another step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from reference.derivatives.reverse_mode import Rules
from reference.language.expression import Expression, Name, names, substitute
from reference.language.over_time import Time, parted
from reference.language.rolling import joined, negated, signed, steps_of
from reference.misconceptions.equations import with_equations
from reference.misconceptions.solver import Solver
from reference.network import Network

Carried = Callable[[str, str, Expression], Expression | None]


def by_steps(carried: Callable[[Time], Carried]) -> Callable[..., Iterator[Network]]:
    """Derivatives of a recurrence in which something else is carried back from an equation to what it uses."""

    def solvers(solver: Solver) -> Iterator[Network]:
        time = solver.network.symbols.time
        if time is not None and solver.wanted:
            yield solver.solved(Rules(carried=carried(time)))

    return solvers


def step_of(name: str, time: Time) -> int:
    """The step of a quantity of the recurrence; 0 of any other."""
    base, step = parted(name) or (name, 0)
    return step if base in time.spans else 0


def not_through_time(time: Time) -> Carried:
    """Nothing goes back from one step to the step before."""
    return lambda name, by, term: None if 0 < step_of(by, time) < step_of(name, time) else term


def weights_of(steps: Callable[[Time], range]) -> Callable[[Time], Carried]:
    """What is the same at each step gets its derivative from some of them alone."""

    def rule(time: Time) -> Carried:
        kept = (0, *steps(time))
        return lambda name, by, term: (
            term if step_of(by, time) or step_of(name, time) in kept else None
        )

    return rule


def of_another_step(time: Time) -> Carried:
    """What a weight is multiplied with is taken from the step itself, not from the one before."""

    def rule(name: str, by: str, term: Expression) -> Expression:
        step = step_of(name, time)
        later = {f"{base}_{step - 1}": Name(f"{base}_{step}") for base in time.looped}
        return term if step_of(by, time) or not step else substitute(term, later)

    return rule


def slope_of_another_step(time: Time) -> Carried:
    """The slope of an activation is taken at the value of the step before."""

    def rule(name: str, by: str, term: Expression) -> Expression:
        base, step = parted(name) or (name, 0)
        first = time.spans.get(base, (step, 0))[0]
        return substitute(term, {name: Name(f"{base}_{step - 1}")}) if step > first else term

    return rule


def without_last(solver: Solver) -> Iterator[Network]:
    """Sums over steps, of derivatives and of losses, that stop one step too early."""
    time = solver.network.symbols.time
    if time is None:
        return
    if solver.wanted:
        early = weights_of(lambda time: range(1, time.last))
        yield solver.solved(Rules(carried=early(time)))
    equations = {
        name: equation if step_of(name, time) else shortened(equation, time)
        for name, equation in solver.network.equations.items()
    }
    if equations != solver.network.equations:
        yield with_equations(solver, equations).solved()


def shortened(equation: Expression, time: Time) -> Expression:
    """A sum of several steps without the terms of the last one."""
    terms = [*signed(equation)]
    at = [max((s for name in names(e) for s in steps_of(name, time)), default=0) for _, e in terms]
    if time.last not in at or not 0 < min(at) < time.last:
        return equation
    kept = [term for term, step in zip(terms, at, strict=True) if step < time.last]
    return reduce(joined, kept[1:], negated(*kept[0]))
