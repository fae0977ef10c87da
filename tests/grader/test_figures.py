"""Figures: nothing collides, whatever is drawn; they are inert, and say in words what they show."""

import base64
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.drawing import structures
from grader.figures import Layer, computation_graph, layer_diagram, loss_curves
from grader.figures.curves import START, TOP, losses, problem
from grader.figures.labels import named, plain
from grader.figures.layering import Edge, crossings, layered
from grader.figures.placing import spread
from grader.model import build
from grader.sheets import in_print
from grader.sheets.html import render
from reference.network import declare, scalars, split_equations
from tests.grader.pictures import SVG, boxes, faults, parsed
from tests.shipped import drawn, few

HOSTILE = "]]><script>alert(1)</script>\"'&\x00\x1b\ud800](javascript:x) <b>"
ONE = declare(scalars("x"), scalars("wb"), split_equations("z = w x + b\na = relu(z)\ny = a + x"))


def network_of(text):
    """The graph of scalar equations, whose other names are inputs or, if they begin with w, weights."""
    equations = split_equations(text)
    used = dict.fromkeys(re.findall(r"[a-z]\w*", " ".join(one.text for one in equations)))
    free = [name for name in used if name not in {one.name for one in equations}]
    weights = [name for name in free if name[0] == "w"]
    return declare(scalars(set(free) - {*weights}), scalars(weights), equations)


# Nothing collides


@pytest.fixture(scope="module")
def sheets(shipped):
    return [
        in_print(variant) for name in shipped for variant in drawn(name, ["printed", *few(6, 2)])
    ]


def test_no_figure_of_the_bank_has_a_fault(sheets):
    svgs = {figure.svg for sheet in sheets for figure in sheet.figures}
    assert len(svgs) > 30
    assert [fault for svg in svgs for fault in faults(svg)] == []


def test_every_network_of_the_bank_can_be_drawn(shipped):
    for exercise in shipped.values():
        for choices in structures(exercise)[: len(few(12, 1))]:
            network = build(exercise, choices).printed
            numbers = dict.fromkeys([*network.shapes], "−12.345")
            for figure in (
                computation_graph(network, "a"),
                computation_graph(network, "b", values=numbers),
                computation_graph(network, "c", values=numbers, gradients=numbers, of="L"),
            ):
                assert faults(figure.svg) == [], (exercise.id, choices)


@st.composite
def networks(draw):
    """Equations that use what stands before them, with weights that are used once or more often."""
    lines = []
    known = ["x1", "x2", "yhat"]
    for number in range(draw(st.integers(1, 9))):
        terms = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
        weight = draw(st.sampled_from(["w{} ", "w_{}_long ", "w0 ", ""]))
        parts = [f"{weight.format(f'{number}{i}')}{term}" for i, term in enumerate(terms)]
        name = draw(st.sampled_from(["z", "hidden", "alpha_"])) + str(number)
        function = draw(st.sampled_from(["{}", "relu({})", "leaky_relu({})"]))
        lines.append(f"{name} = {function.format(' + '.join(parts))}")
        known.append(name)
    return network_of("\n".join(lines))


@given(networks(), st.sampled_from(["", "0.5", "[[−0.25, 1], [3, 4]]"]))
@settings(max_examples=60, deadline=None)
def test_no_random_network_has_a_fault(network, value):
    values = dict.fromkeys(network.shapes, value) if value else {}
    figure = computation_graph(network, "random", values=values, gradients=values, of="z0")
    assert faults(figure.svg) == []
    again = computation_graph(network, "random", values=values, gradients=values, of="z0")
    assert again == figure


layer = st.builds(
    Layer,
    st.sampled_from(["x", "h", "hidden1", "output", "yhat", "a_long_name"]),
    st.one_of(st.integers(1, 12).map(str), st.sampled_from(["1024", "d", "D_x"])),
    st.sampled_from(["identity", "relu", "leaky_relu", "softmax"]),
)


@given(st.lists(layer, min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_layers_have_a_fault(layers):
    assert faults(layer_diagram(tuple(layers), "x").svg) == []


rates = st.floats(1e-6, 1e4)


@given(st.lists(rates, min_size=1, max_size=8), rates)
@settings(max_examples=40, deadline=None)
def test_no_curves_leave_the_picture(given, suited):
    curves = loss_curves(dict(zip("abcdefgh", given, strict=False)), suited, "x")
    assert [fault for fault in faults(curves.svg) if "line runs" not in fault] == []


def test_the_finder_of_faults_finds_them():
    svg = computation_graph(ONE, "x").svg
    assert faults(svg) == []
    assert faults(svg.replace('x="', 'x="9', 1).replace('<text x="', '<text x="-', 1))
    assert faults(re.sub(r'<text x="[\d.]+" y="[\d.]+"', '<text x="40" y="40"', svg))
    assert faults(svg.replace('viewBox="0 0 ', 'viewBox="0 0 1 1" title="'))


# How it is drawn


@pytest.mark.parametrize(
    "name, shown",
    [
        ("w_21", "w21"),
        ("yhat", "ŷ"),
        ("delta_1", "δ1"),
        ("lambda", "λ"),
        ("ystar", "y∗"),
        ("w_x2_h1", "wx2,h1"),
        ("hidden1", "hidden1"),
        ("do_y/dw_x1_h1", "∂oy/∂wx1,h1"),
        ("L'", "L′"),
        ("Wbar", "W̄"),
        ("z2[k]", "z2,k"),
        ("A_long_name", "Along,name"),
    ],
)
def test_names_are_shown_as_they_are_read(name, shown):
    assert plain(named(name)) == shown


def test_subscripts_are_smaller_and_lower():
    figure = computation_graph(network_of("h_21 = relu(x1)"), "x")
    [text] = [
        one for one in parsed(figure.svg).iter(SVG + "text") if "h" in "".join(one.itertext())
    ]
    letter, below = text
    assert (letter.text, below.text) == ("h", "21")
    assert letter.get("font-style") == "italic"
    assert float(below.get("dy")) > 0
    assert float(below.get("font-size")) < float(text.get("font-size"))


def test_a_weight_stands_on_its_arrow_and_a_bias_by_itself():
    figure = computation_graph(ONE, "x")
    assert "z is w times x plus b." in figure.description
    assert "a is ReLU of z." in figure.description
    places = {text: (box[0] + box[2]) / 2 for box, text in boxes(parsed(figure.svg))}
    assert places["x"] < places["w"] < places["z"] < places["a"] < places["y"]
    assert places["b"] < places["z"]


def test_a_weight_of_two_things_is_on_no_arrow():
    figure = computation_graph(network_of("a = w x1\nb = w x2"), "x")
    assert " times " not in figure.description and "(weight" not in figure.description


def test_values_and_gradients_stand_below_names():
    figure = computation_graph(
        ONE, "x", values={"z": "0.5", "w": "2"}, gradients={"w": "−1"}, of="y"
    )
    texts = [text for _, text in boxes(parsed(figure.svg))]
    assert {"0.5", "2", "∂ −1"} <= {*texts}
    assert any(text.startswith("∂: the derivative of y") for text in texts)
    assert "z = 0.5." in figure.description
    assert "w = 2, derivative of y by w: −1." in figure.description


def test_wide_layers_are_elided():
    figure = layer_diagram((Layer("x", "30"), Layer("h", "5", "relu"), Layer("y", "1")), "x")
    texts = [text for _, text in boxes(parsed(figure.svg))]
    assert [text for text in texts if text[0] == "x"] == ["x1", "x2", "x30"]
    assert [text for text in texts if text[0] == "h"] == ["h1", "h2", "h3", "h4", "h5"]
    assert "y" in texts and "30 inputs" in texts and "ReLU" in texts
    assert (
        "Network with 30 inputs x and 2 layers: h with 5 units (ReLU), then y with 1 unit."
        in figure.description
    )


def test_few_lines_cross():
    names = ["a", "b", "c", "d", "e", "f"]
    pairs = [("a", "f"), ("b", "e"), ("c", "d")]
    graph = layered(names, [Edge(*pair) for pair in pairs])
    assert crossings(graph.columns, graph.steps) == 0


def test_spread_keeps_order_and_distance():
    assert spread([0, 0, 0], [2, 2]) == [-2, 0, 2]
    assert spread([5, 50], [2]) == [5, 50]
    assert spread([0, 0], [10], [1, 0.25]) == [-2, 8]


# Inert, and in words


FIGURES = [
    computation_graph(ONE, "a/b c", HOSTILE, {"z": HOSTILE}, {"w": HOSTILE}, "z"),
    layer_diagram((Layer("x", "2"), Layer("y", "1")), HOSTILE, HOSTILE),
    loss_curves({"a": 0.1}, 0.1, HOSTILE, HOSTILE),
]


@pytest.mark.parametrize("figure", FIGURES, ids=["graph", "layers", "curves"])
def test_hostile_text_is_shown_and_does_nothing(figure):
    root = parsed(figure.svg)
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "g",
        "path",
        "rect",
        "circle",
        "polygon",
        "text",
        "tspan",
    }
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]
    assert "alert(1)</script>" in root.find(SVG + "title").text
    assert "href" not in figure.svg and "url(" not in figure.svg
    body = render(f"{figure.markdown}\n\n![a](javascript:b) <b>", [figure])
    assert body.count("<svg") == 1
    assert "<script" not in body and "<b>" not in body
    assert re.sub(r"<svg.*</svg>", "", body, flags=re.DOTALL).count("<img") == 0


@pytest.mark.parametrize("figure", FIGURES, ids=["graph", "layers", "curves"])
def test_a_figure_names_and_describes_itself(figure):
    root = parsed(figure.svg)
    assert root.get("role") == "img"
    ids = [node.get("id") for node in (root.find(SVG + "title"), root.find(SVG + "desc"))]
    assert root.get("aria-labelledby").split() == ids
    assert all(re.fullmatch(r"[\w-]+", one) for one in ids)
    assert root.get("fill") == "currentColor"
    colours = {node.get(key) for node in root.iter() for key in ("fill", "stroke")}
    assert colours <= {None, "none", "currentColor"}


def test_ids_on_a_page_are_unique(sheets):
    for sheet in sheets:
        ids = [one for figure in sheet.figures for one in re.findall(r' id="([^"]+)"', figure.svg)]
        assert len(ids) == len({*ids})


def test_the_alternative_is_all_that_plain_text_has(sheets):
    figure = computation_graph(ONE, "x")
    [source] = re.findall(r"\(data:image/svg\+xml;base64,([\w+/=]+)\)$", figure.markdown)
    standalone = base64.b64decode(source).decode()
    assert ElementTree.fromstring(standalone).get("style") == "background:#fff"
    assert figure.markdown.startswith("![Computation graph. Inputs: x.")


def test_other_images_stay_what_they_were():
    other = computation_graph(ONE, "other")
    assert "<svg" not in render(other.markdown)
    assert "<svg" not in render(other.markdown, [computation_graph(ONE, "x")])
    assert '<img src="a.png" alt="b" />' in render("![b](a.png)")
    assert "<svg" not in render("", [other])


# Loss curves are those of real descents


def test_a_descent_follows_the_gradient():
    for suited in (3e-4, 0.01, 1.0):
        found = problem(suited)
        weights = [w * suited**0.5 + 0.1 for w in START]
        for place, slope in enumerate(found.gradient(weights)):
            step = 1e-6 * suited**0.5
            there, back = (
                found.loss([w + sign * step * (i == place) for i, w in enumerate(weights)])
                for sign in (1, -1)
            )
            assert (there - back) / (2 * step) == pytest.approx(slope, rel=1e-6)


def test_a_descent_that_overflows_is_drawn():
    figure = loss_curves({"a": 1e12, "b": 1e-12}, 1e-12, "x")
    assert not re.search("nan|inf", figure.svg)
    assert "Curve a: above 2 from step 1 on." in figure.description


def test_curves_do_not_depend_on_the_scale():
    assert losses(0.08, 0.004) == pytest.approx(losses(8e-4, 4e-5))


def test_the_four_curves_are_what_they_are_called(shipped):
    for rates in shipped["learning-rate-curves"].file.choose["rates"].values():
        far, high, good, low = (
            losses(float(rates[name]), float(rates["good"]))
            for name in ("far", "high", "good", "low")
        )
        assert all(loss > TOP for loss in far[1:])
        assert far[-1] > 1e4
        assert high[3] < 0.8 and min(high) > 0.25 and max(high[1:]) < 0.9  # quick, then stuck
        assert good[10] > 0.45 and good[-1] < 0.1 and good == tuple(sorted(good, reverse=True))
        assert low[-1] > 0.65 and low == tuple(sorted(low, reverse=True))
        assert min(high[40:]) > 3 * good[-1] and low[-1] - max(high[40:]) > 0.05
        assert abs(high[40] - high[-1]) < 0.1


def test_the_same_curves_to_the_last_digit():
    curves = loss_curves({"a": 0.4, "b": 2e-5, "c": 8e-3, "d": 3e-4}, 3e-4, "x")
    assert "Curve c: 0.58 after 1, 0.59 after 2, 0.52 after 3" in curves.description
    assert [loss.hex() for loss in losses(8e-3, 3e-4)[-2:]] == [
        "0x1.0ad16a02947e1p-1",
        "0x1.278c5071ed91fp-1",
    ]
