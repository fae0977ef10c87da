"""Means and variances as further equations of a network: ``𝔼[s]`` and ``𝕍[s]`` of each random quantity on the way."""

from __future__ import annotations

from collections.abc import Mapping

from reference.language.dimensions import Shape
from reference.language.errors import ReadingError
from reference.language.expression import Expression, Name, Number
from reference.language.roles import MEAN, VARIANCE, moment_name, moment_of
from reference.language.shapes import infer
from reference.language.simplifying import simplify
from reference.laws.law import Law
from reference.laws.moments import Moments, moments
from reference.laws.outcomes import over_outcomes
from reference.network import Network


def with_moment(network: Network, laws: Mapping[str, Law], name: str) -> Network:
    """The network with a mean or a variance, and with those that it is computed from.

    By rules, where means and variances of independent terms decide it; else over all outcomes of masks.

    Raises:
        ReadingError: neither decides it.
    """
    if name in network.equations:
        return network
    of = moment_of(name)
    if not laws.keys() & network.ancestors(of):
        raise ReadingError(f"{of} is not random")
    try:
        return by_rules(network, laws, name)
    except ReadingError as why:
        if any(laws[one].on is None for one in laws.keys() & network.ancestors(of)):
            raise
        return by_outcomes(network, laws, of, why)


def by_rules(network: Network, laws: Mapping[str, Law], name: str) -> Network:
    known = {
        one: Moments(network.shapes[one], law.mean, law.variance, frozenset({one}))
        for one, law in laws.items()
    }
    above = network.ancestors(moment_of(name))
    for one, equation in network.equations.items():
        if one not in above or not laws.keys() & network.ancestors(one):
            continue
        found = moments(equation, known, network.shapes)
        network, known[one] = named(network, one, found)
    last = known[moment_of(name)]
    if name[0] == VARIANCE and last.variance is None:
        raise ReadingError(f"the variance of {moment_of(name)} is not decided: {last.why}")
    for sign, value in ((MEAN, last.mean), (VARIANCE, last.variance)):
        if value is not None:
            network = equated(network, moment_name(sign, moment_of(name)), value)
    return network


def named(network: Network, of: str, found: Moments) -> tuple[Network, Moments]:
    """The network with moments as equations, and these moments by their names; numbers stay numbers."""
    mean, variance = found.mean, found.variance
    network = equated(network, moment_name(MEAN, of), mean)
    if variance is not None:
        network = equated(network, moment_name(VARIANCE, of), variance)
    return network, Moments(
        found.shape,
        by_name(network, MEAN, of),
        None if variance is None else by_name(network, VARIANCE, of),
        found.sources,
        found.uncorrelated,
        found.why,
    )


def by_name(network: Network, sign: str, of: str) -> Expression:
    name = moment_name(sign, of)
    value = network.equations[name]
    return value if isinstance(value, Number) else Name(name)


def equated(network: Network, name: str, value: Expression) -> Network:
    """The network with one more equation, unless it is only another name of what it has."""
    if value == Name(name):
        return network
    value = simplify(value, network.shapes)
    shape: Shape = infer(value, network.shapes)
    return network.extended({name: value}, {name: shape})


def by_outcomes(network: Network, laws: Mapping[str, Law], of: str, why: ReadingError) -> Network:
    try:
        network, mean, variance = over_outcomes(network, laws, of)
    except ReadingError as error:
        raise ReadingError(f"{why.message}; {error.message}") from None
    return equated(
        equated(network, moment_name(MEAN, of), mean), moment_name(VARIANCE, of), variance
    )
