"""Plots: what is drawn is what the variant has, and the words tell the same."""

import math
import re
from itertools import pairwise

import pytest

from grader import bank, drawing, sheets
from grader.errors import AuthorError
from grader.figures import Plot, plot
from grader.figures.chart import PLOT, Frame, round_values
from grader.figures.plots import border

EXERCISE = """
    id: plotted
    title: Plotted
    network:
      inputs: {x: 2, P: 2 × 3, y: 4}
      parameters: {w: 2, b: 1}
      equations: z = w^T x + b
    hidden: [x, P, y, w, b, z]
    figure: {points: {seen: P}, borders: {line: z}, over: x, across: left to right}
    sample: {P: {from: [-3, 3]}, y: {from: [1, 5]}, w: {from: [1, 3]}, b: {from: [-1, 1]}}
    questions:
      - id: which
        points: 1
        ask: Which?
        figure: {curves: {rises: y, falls: -y + 1}}
        answer:
          match:
            pairs:
              up: {text: rising, right: {rises: "curve {{sign}}"}}
              down: {text: falling, right: {falls: "curve {{sign}}"}}
"""


@pytest.mark.parametrize("seed", range(6))
def test_the_words_tell_the_numbers_of_the_variant(exercise, seed):
    variant = drawing.variant_of(exercise(EXERCISE), seed)
    values = variant.draw.values
    sheet = sheets.in_print(variant)
    shown = [f"({x:g}, {y:g})".replace("-", "−") for x, y in zip(*values["P"], strict=True)]
    assert f"3 points of seen: {', '.join(shown)}." in sheet.figure.description
    met = re.findall(r"\((\S+), (\S+?)\)", sheet.figure.description.partition("line: through")[2])
    (w1,), (w2,) = values["w"]
    [[b]] = values["b"]
    assert len(met) >= 2 or "outside" in sheet.figure.description
    for x, y in met:
        at = [float(one.replace("−", "-")) for one in (x, y)]
        assert abs(w1 * at[0] + w2 * at[1] + b) < 0.005 * (w1 + w2) + 1e-9
    question = sheet.questions[0]
    pairs = dict(re.findall(r"(\d)(\w)", variant.keys["which"][1].show()))
    items = {text: number for number, text in question.items}
    rising = ", ".join(f"{row[0]:g} at {i}" for i, row in enumerate(values["y"], start=1))
    assert f"Curve {pairs[items['rising']]}: {rising}." in question.figure.description


@pytest.mark.parametrize(
    "level, distance",
    [
        (lambda x, y: x + 2 * y - 1, lambda x, y: abs(x + 2 * y - 1) / math.sqrt(5)),
        (lambda x, y: x * x + y * y - 2, lambda x, y: abs(math.hypot(x, y) - math.sqrt(2))),
    ],
)
def test_a_border_lies_where_the_function_is_0(level, distance):
    lines = border(lambda points: [level(*one) for one in points], Frame(-3, 3, -3, 3))
    assert len(lines) == 1
    assert all(distance(*point) < 0.01 for point in lines[0])
    assert len(lines[0]) > 48
    assert border(lambda points: [1.0] * len(points), Frame(-3, 3, -3, 3)) == []


def test_a_line_that_is_off_by_one_cell_is_not_the_border():
    lines = border(lambda points: [x + 2 * y - 1 for x, y in points], Frame(-3, 3, -3, 3))
    assert max(abs(x + 2 * y - 1.3) for x, y in lines[0]) > 0.2


def test_all_points_lie_within_the_picture():
    figure = plot(Plot(points={"a": [(-7, 0.001), (12, 0.002)]}), "x", "Points")
    found = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5"', figure.svg)
    left, top, wide, high = PLOT
    inside = [(float(x), float(y)) for x, y in found][:2]
    assert all(left <= x <= left + wide and top <= y <= top + high for x, y in inside)
    assert len(found) == 3  # and one that explains the mark


@pytest.mark.parametrize("low, high", [(0, 1), (-3, 4), (0.02, 0.021), (-1e6, 3e7), (5, 905)])
def test_round_values_hold_the_range(low, high):
    found = round_values(low, high)
    assert found[0] <= low < high <= found[-1]
    assert 2 <= len(found) <= 9
    steps = {round(b - a, 12) for a, b in pairwise(found)}
    assert max(steps) / min(steps) < 1.0001


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("points: {seen: P}", "points: {seen: y}", "expected a matrix of two rows, a point in each column, found 4 × 1"),
        ("borders: {line: z}", "borders: {line: x}", "expected a number, which is 0 on the border, found 2 × 1"),
        ("over: x, ", "", "'borders' and 'over' belong together"),
        ("over: x", "over: y", "expected an input of two entries, found 4 × 1"),
        ("over: x", "over: q", "unknown name 'q'"),
        ("{points: {seen: P}, borders: {line: z}, over: x, across: left to right}", "{across: x}", "expected 'loss_curves', 'curves' or 'points'"),
        ("borders: {line: z}, over: x,", "curves: {y: y},", "points and borders need a figure of their own"),
        ("across: left to right", "suited: 1", "'points' belongs to a plot, not to loss curves"),
        ("rises: y,", "rises: b,", "expected a vector, found a scalar"),
        ("P: {from: [-3, 3]}, ", "", "the figure of the exercise needs values of P"),
    ],
)  # fmt: skip
def test_a_plot_that_cannot_be_is_refused(write, old, new, message):
    assert old in EXERCISE
    with pytest.raises(AuthorError) as caught:
        drawing.variant_of(bank.load(write(EXERCISE.replace(old, new))), 0)
    assert message in str(caught.value)
