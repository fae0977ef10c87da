"""The table of misconceptions, the most particular first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from reference.language.expression import apply, number
from reference.misconceptions.answers import (
    ascending,
    by_batch,
    derivatives_scaled,
    gradient_for_update,
    in_answers,
    scaled,
    update_for_gradient,
)
from reference.misconceptions.derivatives import (
    AT_ARGUMENT,
    AT_VALUE,
    MASK,
    OTHER_MASK,
    POWER,
    SIGMOID_PLUS,
    SLOPE,
    UNTRANSPOSED,
    by_rules,
    one_path,
)
from reference.misconceptions.entries import (
    bias_in_terms,
    both,
    entry_by_entry,
    in_derivatives,
    mask_behind,
    masked_by_zero,
    mean_for_maximum,
    mean_of_other,
    other_axis,
    to_all,
    turned_round,
    without_last_term,
    without_padding,
    without_stride,
)
from reference.misconceptions.equations import (
    in_equations,
    softmax_by_rows,
    sum_for_mean,
    without_activation,
    without_bias,
    without_shortcut,
)
from reference.misconceptions.indices import other_case, swapped_indices
from reference.misconceptions.layers import NAMES as LAYERS
from reference.misconceptions.recurrences import (
    by_steps,
    not_through_time,
    of_another_step,
    slope_of_another_step,
    weights_of,
    without_last,
)
from reference.misconceptions.slopes import (
    TANH_FOR_SIGMOID,
    other_masks,
    pre_activations,
    slopes_mixed_up,
)
from reference.misconceptions.solver import Solver
from reference.misconceptions.totals import (
    batch_miscounted,
    mean_for_sum,
    of_last,
    undivided,
    without_half,
)
from reference.network import Network

COUNTED = ("layer", "bias per input", *LAYERS)  # of counts alone


class Misconception(Struct, frozen=True):
    """A row of the table.

    ``message`` goes on after "it looks like"; ``solvers`` are made wrong by it. ``named_only``: it is looked for in wrong answers,
    after all others; no draw is rejected because of it, and no option of a choice made of it.
    """

    name: str
    message: str
    solvers: Callable[[Solver], Iterable[Network]]
    named_only: bool = False


MISCONCEPTIONS = (
    Misconception("ascent", "a step up the gradient, where descent subtracts", in_answers(ascending)),
    Misconception("gradient for update", "the gradient or the step, not the updated value", in_answers(gradient_for_update)),
    Misconception("update for gradient", "the updated value, not the gradient", in_answers(update_for_gradient)),
    Misconception("through time", "a gradient that is not carried back from a step to the one before", by_steps(not_through_time)),
    Misconception("last step", "a sum over the steps without the last one", without_last),
    Misconception("one step", "the last step alone, where a weight is used at every step", by_steps(weights_of(lambda time: range(time.last, time.last + 1)))),
    Misconception("mask", "a derivative without the mask of the ReLU", by_rules(MASK)),
    Misconception("other mask", "a derivative with the mask of the ReLU taken of the gradient, not of its argument", by_rules(OTHER_MASK)),
    Misconception("slope", "a derivative that skips that of an activation", by_rules(SLOPE, SLOPE | MASK)),
    Misconception("sigmoid slope", "s(1 + s) for the derivative of the sigmoid, which is s(1 - s)", by_rules(SIGMOID_PLUS)),
    Misconception("slope at argument", "the derivative of an activation written in its argument where its value belongs", by_rules(AT_ARGUMENT)),
    Misconception("slope at value", "the derivative of an activation taken at its value, not at its argument", by_rules(AT_VALUE)),
    Misconception("path", "a derivative along one path alone, where those along all paths are summed", one_path),
    Misconception("transpose", "a weight matrix that was not transposed", by_rules(UNTRANSPOSED)),
    Misconception("power", "a derivative without the factor that comes down from the exponent", by_rules(POWER)),
    Misconception("bias", "an answer in which a bias was forgotten", in_equations(without_bias)),
    Misconception("shortcut", "an answer in which the shortcut was forgotten", in_equations(without_shortcut)),
    Misconception("activation", "an answer in which an activation was skipped", in_equations(without_activation)),
    Misconception("mean", "a sum where a mean is asked for", in_equations(sum_for_mean)),
    Misconception("softmax axis", "softmax over the examples, not over the classes", in_equations(softmax_by_rows)),
    Misconception("kernel", "a kernel that was turned round, or was not where it has to be", both(entry_by_entry(turned_round), in_derivatives(turned_round))),
    Misconception("stride", "an answer in which the stride was forgotten", entry_by_entry(without_stride)),
    Misconception("padding", "an answer in which the padding was forgotten", entry_by_entry(without_padding)),
    Misconception("pooling", "the mean of each window, not its largest entry", entry_by_entry(mean_for_maximum)),
    Misconception("window", "a gradient that goes to all entries of a window, not to the largest alone", in_derivatives(to_all)),
    Misconception("bias per term", "a bias that was added to each term of a sum", entry_by_entry(bias_in_terms)),
    Misconception("axis", "the wrong axis", entry_by_entry(other_axis, mean_of_other)),
    Misconception("mask after softmax", "a mask after the softmax, so that weights no longer add up to 1", entry_by_entry(mask_behind)),
    Misconception("mask of zeros", "scores of 0 in the place of those that are left out", entry_by_entry(masked_by_zero)),
    Misconception("last place", "a sum that ends one place too early", entry_by_entry(without_last_term), named_only=True),
    Misconception("sign", "the other sign", in_answers(scaled(number(-1)))),
    Misconception("factor", "a factor of 2 too many or too few", in_answers(derivatives_scaled(number(2), apply("divide", number(1), number(2))))),
    Misconception("batch", "a factor, the number of examples, too many or too few", in_answers(by_batch)),
    Misconception("state of the step", "the state of a step where that of the step before belongs", by_steps(of_another_step), named_only=True),
    Misconception("slope of the step", "the derivative of an activation at the step before", by_steps(slope_of_another_step), named_only=True),
    Misconception("swapped indices", "two indices that are swapped, as in w₁₂ for w₂₁", swapped_indices, named_only=True),
    Misconception("half", "an answer in which the half of a squared error was forgotten", in_equations(without_half), named_only=True),
    Misconception("batch", "a factor, the number of examples, too many or too few", batch_miscounted, named_only=True),
    Misconception("mean", "a sum where a mean is asked for", in_equations(undivided), named_only=True),
    Misconception("sum", "a mean where a sum is asked for", in_equations(of_last(mean_for_sum)), named_only=True),
    Misconception("another mask", "a derivative with the mask of another activation", other_masks, named_only=True),
    Misconception("tanh for sigmoid", "a derivative with that of tanh for that of the sigmoid, or the other way round", by_rules(TANH_FOR_SIGMOID), named_only=True),
    Misconception("slopes mixed up", "a derivative in which those of two activations are mixed up", slopes_mixed_up, named_only=True),
    Misconception("pre-activation", "a derivative with what went into an activation, not with its value", pre_activations, named_only=True),
    Misconception("other case", "the formula for equal indices where they differ, or the other way round", other_case, named_only=True),
)  # fmt: skip


NAMES = (*dict.fromkeys([*(row.name for row in MISCONCEPTIONS), *COUNTED]),)
