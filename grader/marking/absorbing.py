"""Does a student's value absorb what is added to it? From 10^12, any small thing follows that is 10^12 as well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.drawing import Flags, batched
from reference.language.indexed.rows import rules_in
from reference.language.values import Array
from reference.network import Network

HUGE = 1e6  # times the right value, or 1: nothing on a sheet is so large
NOISE = 1e-12  # of the arithmetic, relative to a value

Values = Mapping[str, Array]  # (batch, rows, columns) each


def absorbed(
    network: Network,
    target: str,
    known: Values,
    truth: Values,
    given: Values,
    own: Array,
    within: Array,
) -> Flags:
    """(batch, rows, columns) where an answer is nearer to what follows with a value of the sheet left out than to what follows.

    An entry counts where leaving that value out makes the right answer wrong; all do where a given value is huge.

    Args:
        known: from which the target follows, ``given`` among it; truth: the same where all is right.
        own: the student's answers; within: how far the right one may be off.
    """
    flags = np.zeros(own.shape, bool)

    def follows(values: Values) -> Array:
        return batched(network.evaluate(values)[target], len(own))

    with np.errstate(all="ignore"):
        whole, whole_right = follows(known), follows(truth)
        apart = np.abs(own - whole) - NOISE * np.abs(whole)
        lengths = {size for one in rules_in(network.equations.values()) for size in one.sizes}
        for name in network.ancestors(target) & known.keys() - given.keys() - lengths:
            nothing = {name: np.zeros_like(known[name])}
            matters = np.abs(follows({**truth, **nothing}) - whole_right) > within
            flags |= matters & (np.abs(own - follows({**known, **nothing})) < apart)
    for name, theirs in given.items():
        most = HUGE * np.maximum(1.0, np.abs(truth[name]).max((-2, -1), keepdims=True))
        flags |= (np.abs(theirs) > most).any((-2, -1), keepdims=True)
    return flags
