"""What is written out step by step, as people write it: ``s_1 + s_2 + s_3`` as a sum over t, s_2 as ``s_{t-1}`` where t is 3.

What comes out is for print alone. It reads back as any text does, but nothing evaluates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from reference.language.expression import Apply, Expression, Name, apply, names, number, substitute
from reference.language.over_time import MAX_LAG, Time, lagged, parted

SUM = "over steps"  # the letter, its first and its last value, and the terms
SUMS = frozenset({"add", "subtract", "negate"})


def rolled(expression: Expression, time: Time | None) -> Expression:
    """An expression with sums over steps; where the letter of the steps stands for one, with the names that it gives."""
    if time is None or not any(steps_of(name, time) for name in names(expression)):
        return expression
    return at_letter(expression, time, time.at) if time.at else summed(expression, time, {})


def steps_of(name: str, time: Time) -> list[int]:
    """The steps of the quantities in a name, which has two where it is a derivative."""
    return [int(found[3]) for found in time.pattern.finditer(name)]


def name_at(name: str, time: Time, step: int) -> str:
    """A name of steps by the letter that stands for one of them: ``dL/ds_4`` as ``dL/ds_{t+1}``."""

    def put(found: re.Match[str]) -> str:
        lag = int(found[3]) - step
        near = abs(lag) <= MAX_LAG
        return found[1] + lagged(found[2], time.letter, lag) if near else found[0]

    return time.pattern.sub(put, name)


def at_letter(expression: Expression, time: Time, step: int) -> Expression:
    changed = {name: Name(name_at(name, time, step)) for name in names(expression)}
    return substitute(expression, changed)


def summed(node: Expression, time: Time, done: dict[int, Expression]) -> Expression:
    """An expression with each run of terms that are alike but for their step as one sum."""
    if id(node) in done or not isinstance(node, Apply):
        return done.get(id(node), node)
    if node.operation not in SUMS:
        args = tuple(summed(one, time, done) for one in node.args)
        found: Expression = Apply(node.operation, args) if args != node.args else node
    else:
        terms = [(one, summed(term, time, done)) for one, term in signed(node)]
        found = together(terms, time) or node
    done[id(node)] = found
    return found


def signed(node: Expression, negative: bool = False) -> Iterator[tuple[bool, Expression]]:
    """The terms of a sum, and which of them are subtracted."""
    stack = [(negative, node)]
    while stack:
        minus, one = stack.pop()
        match one:
            case Apply("add", (left, right)):
                stack += [(minus, right), (minus, left)]
            case Apply("subtract", (left, right)):
                stack += [(not minus, right), (minus, left)]
            case Apply("negate", (inner,)):
                stack.append((not minus, inner))
            case _:
                yield minus, one


def together(terms: list[tuple[bool, Expression]], time: Time) -> Expression | None:
    """The terms with sums over steps; nothing where there are none."""
    runs: dict[tuple[bool, Expression, int], dict[int, Expression]] = {}
    for minus, term in terms:
        last = max((step for name in names(term) for step in steps_of(name, time)), default=0)
        alike = at_letter(term, time, last) if last else term
        again = sum(last in at for (*one, _), at in runs.items() if one == [minus, alike])
        runs.setdefault((minus, alike, again), {})[last] = term
    found: list[tuple[bool, Expression]] = []
    for (minus, alike, _), at in runs.items():
        first, last = min(at), max(at)
        if 0 < first < last and len(at) == last - first + 1:
            found.append((minus, over_steps(alike, first, last, time)))
        else:
            found += [(minus, term) for term in at.values()]
    if len(found) == len(terms):
        return None
    return added(sorted(found, key=lambda one: one[0]))


def added(terms: Iterable[tuple[bool, Expression]]) -> Expression:
    """The sum of terms, some of which are subtracted."""
    first, *rest = terms
    return reduce(joined, rest, negated(*first))


def over_steps(term: Expression, first: int, last: int, time: Time) -> Expression:
    limit = {time.last: time.limit, time.last - 1: f"{time.limit}-1"}
    end = Name(limit[last]) if last in limit and not time.limit.isdigit() else number(last)
    return apply(SUM, Name(time.letter), number(first), end, term)


def negated(minus: bool, term: Expression) -> Expression:
    return apply("negate", term) if minus else term


def joined(total: Expression, term: tuple[bool, Expression]) -> Expression:
    return apply("subtract" if term[0] else "add", total, term[1])


def recurrences(equations: Mapping[str, Expression], time: Time | None) -> dict[str, Expression]:
    """Equations, those of a recurrence once for all steps, and each other one with its sums over steps."""
    if time is None:
        return dict(equations)
    found: dict[str, Expression] = {}
    for name, equation in equations.items():
        base, step = parted(name) or (name, 0)
        if base not in time.spans:
            found[name] = rolled(equation, time)
            continue
        last = equations.get(f"{base}_{time.last}")
        general = last is not None and (
            base in time.looped
            or at_letter(equation, time, step) == at_letter(last, time, time.last)
        )
        if last is None or not general:
            found[name] = rolled(equation, time)
        else:
            found[lagged(base, time.letter, 0)] = at_letter(last, time, time.last)
    return found


def names_over_time(listed: Iterable[str], time: Time | None) -> list[str]:
    """Names, those of all steps of a quantity as one with the letter of the steps."""
    listed = [*listed]
    if time is None:
        return listed
    if time.at:
        return [name_at(name, time, time.at) for name in listed]
    found: dict[str, None] = {}
    for name in listed:
        base, _ = parted(name) or (name, 0)
        steps = {one for one in range(time.last + 1) if f"{base}_{one}" in listed}
        whole = base in time.spans and steps >= {*range(1, time.last + 1)}
        found[lagged(base, time.letter, 0) if whole else name] = None
    return [*found]
