"""The loss under gradient descent at several learning rates, computed on a small fixed problem."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence

from grader.figures.chart import SIZE, line_chart
from grader.figures.picture import Figure, figure
from reference.descent import Regression

STEPS = 60
TOP = 2.0  # of the picture; every curve starts at 1
TOLD = (1, 2, 3, 5, 10, 20, 30, 40, 50, 59, 60)  # steps whose losses are told in words

# Six examples with a strong and a weak feature. A step at the rate 1 suits it; rates near 25 jump to
# and fro over the minimum, those near 1 / 15 take ages, and from 1000 on the weights run away.
FEATURES = ((-0.5, 0.2), (-0.4, 0.4), (-0.5, 0.4), (-0.2, -0.3), (0.4, -0.4), (0.3, 0.4))
TARGETS = (-0.5, 0.1, 1.1, 0.2, 0.0, 0.1)
START = (-2.0, -10.0)
DECAY = 0.002


def problem(rate: float) -> Regression:
    """The problem scaled so that ``rate`` suits it."""
    scale = math.sqrt(rate)
    features = tuple(tuple(entry / scale for entry in row) for row in FEATURES)
    return Regression(features, TARGETS, tuple(w * scale for w in START), DECAY / rate)


@functools.lru_cache(maxsize=1024)
def losses(rate: float, suited: float) -> tuple[float, ...]:
    """The loss at the start, which is 1, and after each step; infinite where it overflows."""
    found = [*problem(suited).descent(rate, STEPS)]
    return tuple(loss / found[0] if math.isfinite(loss) else math.inf for loss in found)


def loss_curves(
    rates: Mapping[str, float],
    suited: float,
    name: str,
    title: str = "The loss at several learning rates",
) -> Figure:
    """Curves by label, each of gradient descent at its own rate on a problem that ``suited`` suits.

    Args:
        name: tells the figure's ids from those of others on a page.
    """
    curves = {label: losses(rate, suited) for label, rate in rates.items()}
    body = line_chart(curves, TOP, "steps of gradient descent", "loss", 10)
    return figure(name, title, description(curves), SIZE, body)


def description(curves: Mapping[str, Sequence[float]]) -> str:
    told = [f"Curve {label}: {of_curve(values)}." for label, values in curves.items()]
    return (
        f"The loss over {STEPS} steps of gradient descent at {len(curves)} learning rates, "
        f"as a multiple of the loss at the start. {' '.join(told)}"
    )


def of_curve(values: Sequence[float]) -> str:
    """Some values of a curve, until it leaves the picture."""
    found = []
    for step in TOLD:
        if values[step] > TOP:
            gone = next(place for place, value in enumerate(values) if value > TOP)
            found.append(f"above {TOP:g} from step {gone} on")
            break
        found.append(f"{values[step]:.2f} after {step}")
    return ", ".join(found)
