"""What exercises state rather than compute, against arithmetic of its own."""

import re

import numpy as np
import pytest

from grader.drawing import printed_variant, structures, variants
from grader.model import build
from tests.shipped import BANK, drawn

LIMITS = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
YEAR_OR_COURSE = re.compile(
    r"\b((19|20)\d\d|CS\d+\w?|NPFL\d+|6\.\d+|TUM|NYU|Coursera|documentation|manual|edition)\b"
)
RATES = {"": 1, "of-ten": np.log(np.longdouble(10)), "doubled": 2, "halved": np.longdouble(0.5)}


def test_logits_that_overflow(shipped):
    for variant in variants(shipped["softmax-stability"], range(60)):
        name, _, power = variant.draw.choices["format"].partition("-")
        key, rate = variant.keys["overflow"][1], RATES[power]
        largest = np.finfo(LIMITS[name]).max if name in LIMITS else np.ldexp(255 / 256, 128)
        with np.errstate(over="ignore"):
            below, above = (np.exp(np.longdouble(z) * rate) for z in (key.value, key.value + 1))
            assert below <= largest < above


def test_softmax_of_logits_that_overflow(shipped):
    exercise = shipped["softmax-stability"]
    for variant in [printed_variant(exercise), *variants(exercise, range(60))]:
        logits = np.array(variant.draw.values["z"])[:, 0]
        with np.errstate(over="ignore"):
            assert np.isinf(np.exp(logits)).all()
        place = int(variant.draw.choices["class"]) - 1
        expected = 1 / np.exp(logits - logits[place]).sum()
        assert variant.keys["value"][1].value == pytest.approx(expected)


def test_layers_collapse_to_the_stated_map(shipped):
    exercise = shipped["linear-layers-collapse"]
    sizes = {"d": 2, "h": 3, "m": 4, "k": 5}
    draw = np.random.Generator(np.random.Philox(key=7))
    for choices in structures(exercise):
        model = build(exercise, choices)
        network = model.complete
        known = {
            name: draw.normal(size=model.shape(name, sizes))[None]
            for name in network.shapes.keys() - network.equations.keys()
            if name not in sizes
        }
        known |= {name: np.full((1, 1, 1), float(size)) for name, size in sizes.items()}
        values = network.evaluate(known)
        output = "z3" if "z3" in network.equations else "z2"
        collapsed = values["@W"] @ values["x"] + values["@b"]
        assert np.allclose(values[output], collapsed)


def test_the_values_of_a_grid_differ(shipped):
    for variant in variants(shipped["learning-rate-grid"], range(60)):
        rates = np.array(variant.draw.values["alpha"])[:, 0]
        assert len({*rates}) == len(rates) == variant.draw.sizes["n"]
        lower, upper = (variant.keys[f"decades.{name}"][1].value for name in ("lower", "upper"))
        assert (lower, upper) == ((rates < 0.1).sum(), (rates >= 0.1).sum())
        assert 0 < lower < upper


@pytest.mark.parametrize(
    "name",
    ["validation-below-training", "optimizer-advantages", "learning-rate-grid", "linear-layers-collapse", "softmax-stability"],
)  # fmt: skip
def test_right_and_wrong_statements_are_many_and_alike_in_length(name, shipped):
    for question in shipped[name].file.questions:
        given = question.answers[0].choose_several
        if given is None:
            continue
        right = [len(option.text) for option in given.options.values() if option.right]
        wrong = [len(option.text) for option in given.options.values() if not option.right]
        assert min(len(right), len(wrong)) >= 10
        assert 2 / 3 < np.mean(right) / np.mean(wrong) < 3 / 2


@pytest.mark.parametrize("name", BANK)
def test_a_source_is_a_course_or_a_work_with_its_year(name):
    """Which anybody can look up."""
    for source in BANK[name].file.source.split("; "):
        assert YEAR_OR_COURSE.search(source), source


def test_no_point_of_a_plot_lies_upon_another():
    """Whoever counts them would miss one."""
    for variant in drawn("read-the-line", range(60)):
        points = [(*at,) for group in "PN" for at in np.transpose(variant.draw.values[group])]
        assert len({*points}) == len(points) == 8, variant.draw.seed
