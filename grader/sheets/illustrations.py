"""What an exercise draws: its network, loss curves, or a plot of its numbers, in one variant."""

from __future__ import annotations

import functools
import math
import string
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import structs

from grader.bank import FigureFile, QuestionFile, fill
from grader.drawing import Draw, Solved, Variant
from grader.errors import Place
from grader.figures import (
    Figure,
    Layer,
    Plot,
    computation_graph,
    layer_diagram,
    loss_curves,
    plot,
)
from grader.memo import memoized
from grader.model import Model
from reference.network import Network

Sizes = tuple[tuple[str, int], ...]  # those that a student sees


def illustrated(
    of: Variant, words: Mapping[str, str], question: QuestionFile | None = None
) -> Figure | None:
    """The figure of a question, or else of the exercise, if it has one; ``words`` fill placeholders.

    Raises:
        AuthorError: a rate is none, or the curves are not what the question asks about.
    """
    model, draw = of.solved.model, of.draw
    wanted = (question or model.exercise.file).figure
    name = question.id if question else ""
    if wanted is None:
        return None
    if name in model.plots:
        return plotted(of.solved, of.row, name)
    if isinstance(wanted, FigureFile):
        return curves(model, draw, words, wanted, question)
    sizes = tuple((one, draw.sizes[one]) for one in model.visible_sizes if one in draw.sizes)
    return drawn(model, sizes, wanted, name)


@memoized
def drawn(model: Model, sizes: Sizes, figure: str, question: str) -> Figure:
    """A figure that a word asks for, which the variants of a structure share; ``question`` is empty for the exercise."""
    return FIGURES[figure](model, sizes, question)


def drawn_network(model: Model, sizes: Sizes, question: str) -> Figure:
    """Layers where the exercise declares them, a computation graph elsewhere."""
    name = identifier(model, question)
    file = model.exercise.file.network
    layers = model.units or {
        one: fill(str(text), model.context) for one, text in file.layers.items()
    }
    if not layers:
        return computation_graph(own_network(model, question), name, "The network")
    known = {size: str(number) for size, number in sizes}
    parts = [(one, *text.split()) for one, text in layers.items()]
    shown = (Layer(one, known.get(count, count), *rest) for one, count, *rest in parts)
    return layer_diagram(tuple(shown), name, "The network")


FIGURES: dict[str, Callable[[Model, Sizes, str], Figure]] = {  # the words of `consistency.FIGURES`
    "network": drawn_network,
}


def own_network(model: Model, question: str) -> Network:
    """The network with the equations that a question has of its own, and without what is hidden."""
    own = model.own.get(question, {})
    network = structs.replace(model.printed, equations={**model.printed.equations, **own})
    return network.without(model.exercise.file.unseen)


def curves(
    model: Model,
    draw: Draw,
    words: Mapping[str, str],
    wanted: FigureFile,
    question: QuestionFile | None,
) -> Figure:
    """Curves with the letters that the question gives them, or in the order in which they stand."""
    at, name = model.exercise.at["figure"], ""
    bearers = list(wanted.loss_curves)
    if question:
        at = model.exercise.at["questions"][model.exercise.file.questions.index(question)]["figure"]
        name = question.id
        bearers = lettered(model, draw, name) or bearers
    letters = zip(string.ascii_lowercase, bearers, strict=False)
    rates = {
        letter: rate(words, wanted.loss_curves[one], at["loss_curves"][one])
        for letter, one in letters
        if one in wanted.loss_curves
    }
    if not rates:
        found = ", ".join(wanted.loss_curves)
        message = f"expected curves for the lettered texts, found {found}"
        raise at["loss_curves"].error(message, "figure")
    suited = rate(words, str(wanted.suited), at["suited"])
    return loss_curves(rates, suited, identifier(model, name))


@memoized
def plotted(solved: Solved, row: int, question: str) -> Figure:
    """The numbers of one variant; what bears a letter in the question has this letter."""
    model, asked = solved.model, solved.model.plots[question]
    known = {name: array[row : row + 1] for name, array in solved.columns.known().items()}
    letters = dict(
        zip(
            lettered(model, solved.columns.draw(row), question),
            string.ascii_lowercase,
            strict=False,
        )
    )
    shown = {
        kind: {letters.get(one, one): name for one, name in of_kind.items()}
        for kind, of_kind in (("curves", asked.curves), ("borders", asked.borders))
    }

    def level(name: str, points: Sequence[tuple[float, float]]) -> list[float]:
        over = {**known, asked.over: np.array(points)[:, :, None]}
        return asked.values(name, over).ravel().tolist()

    return plot(
        Plot(
            {
                one: asked.values(name, known).ravel().tolist()
                for one, name in sorted(shown["curves"].items())
            },
            {
                one: [(x, y) for x, y in asked.values(name, known)[0].T.tolist()]
                for one, name in asked.points.items()
            },
            {one: functools.partial(level, name) for one, name in sorted(shown["borders"].items())},
            asked.across,
            asked.up,
        ),
        identifier(model, question),
        "A plot",
    )


def lettered(model: Model, draw: Draw, question: str) -> list[str]:
    """The ids of what bears letters in a question, in order."""
    for blank in model.blanks:
        if blank.question == question and blank.address in model.pools:
            order = draw.orders[blank.address]
            _, texts = model.pools[blank.address].shown(order)
            return order[len(order) - len(texts) :]
    return []


def rate(words: Mapping[str, str], given: float | str, at: Place) -> float:
    text = fill(str(given), words)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1e-12 <= value <= 1e12:
        raise at.error(f"expected a learning rate such as 3e-4, found '{text}'", "figure")
    return value


def identifier(model: Model, question: str) -> str:
    return f"{model.exercise.id}-{question}" if question else model.exercise.id
