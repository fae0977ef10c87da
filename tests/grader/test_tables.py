"""Tables and layers through the doors: what a sheet shows, how cells are marked, and what follows from what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.answers import Verdict
from grader.cli import main
from grader.drawing import printed_variant, variants
from grader.marking import mark
from grader.papers.notebook import question_cells
from grader.sheets import in_print
from tests.shipped import BANK


def verdicts(variant, answers):
    return {address: one.verdict for address, one in mark(variant, answers).marks.items() if address in answers}  # fmt: skip


# What a sheet shows


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_table_is_on_every_sheet(form, run):
    shown = run(main, "show", "conv-table", "--printed", "--format", form).output
    rows = {
        "text": ["| conv1 | (a) | (b) | (c) | 5 | 2 |", "| pool | (d) | 0 | 0 | (e) | (f) |"],
        "markdown": ["| conv1 | (a) | (b) | (c) | 5 | 2 |", "|  | side | parameters | multiply-adds |"],
        "html": ["<td>conv1</td>\n<td>(a)</td>\n<td>(b)</td>\n<td>(c)</td>\n<td>5</td>"],
    }[form]  # fmt: skip
    assert all(row in shown for row in rows)
    assert "8 filters, kernel 5, stride 2, padding 2" in shown


def test_every_cell_that_asks_has_a_blank_and_no_other(shipped):
    variant = printed_variant(shipped["conv-table"])
    sheet = in_print(variant)
    cells = [one for one in variant.solved.model.blanks if one.cell]
    assert [one.address for one in cells][:4] == [
        "layers.conv1-side", "layers.conv1-parameters", "layers.conv1-multiply-adds", "layers.pool-side",
    ]  # fmt: skip
    table = sheet.questions[0].text
    assert all(table.count(asked.letter) == 1 for asked in sheet.questions[0].blanks.values())


def test_a_row_is_there_only_if_its_layer_is(shipped):
    exercise = shipped["count-the-backward"]
    for variant in variants(exercise, range(12)):
        four = variant.draw.choices["depth"] == "four"
        assert ("layers.layer4-forward" in variant.keys) is four
        assert ("| layer4 |" in in_print(variant).questions[1].text) is four


# What follows


def conv_table(v, given):
    """The table, each cell from those before it, as they were given."""
    padding = {"small": 0, "padded": 1}[v["last"]]
    layers = [
        ("conv1", v["k"], v["s"], v["p"], v["f"]),
        ("pool", v["q"], v["r"], 0, None),
        ("conv2", {"plain": 3, "wide": 5}[v["third"]], 1, 0, v["g"]),
        ("conv3", {"small": 1, "padded": 3}[v["last"]], 1, padding, v["h"]),
    ]
    side, channels, field, apart, total, found = v["n"], v["c"], 1, 1, 0, {}

    def cell(layer, column, value):
        found[f"layers.{layer}-{column}"] = value
        return given.get(f"layers.{layer}-{column}", value)

    for name, k, s, p, filters in layers:
        side = cell(name, "side", (side + 2 * p - k) // s + 1)
        field = cell(name, "field", field + (k - 1) * apart)
        apart = cell(name, "distance", apart * s)
        if filters:
            weights = filters * channels * k * k
            total += cell(name, "parameters", weights + filters)
            cell(name, "multiply-adds", weights * side * side)
            channels = filters
    found["all"] = total + v["classes"] * (channels * side * side + 1)
    return {name: value for name, value in found.items() if name not in ("layers.conv1-field", "layers.conv1-distance")}  # fmt: skip


VARIANTS = variants(BANK["conv-table"], range(20))


@given(st.data())
def test_a_wrong_cell_costs_its_own_points(data):
    variant = data.draw(st.sampled_from(VARIANTS))
    v = {**variant.draw.choices, **variant.draw.sizes}
    right = conv_table(v, {})
    wrong = data.draw(st.sampled_from(sorted(name for name in right if name != "all")))
    value = right[wrong] + data.draw(st.integers(1, 9))
    theirs = conv_table(v, {wrong: value}) | {wrong: value}
    expected = {
        name: Verdict.CORRECT if theirs[name] == right[name] else Verdict.FOLLOW_THROUGH
        for name in theirs
    } | {wrong: Verdict.INCORRECT}
    assert verdicts(variant, {name: str(one) for name, one in theirs.items()}) == expected


@given(st.data())
def test_what_does_not_follow_is_wrong(data):
    variant = data.draw(st.sampled_from(VARIANTS))
    v = {**variant.draw.choices, **variant.draw.sizes}
    right = conv_table(v, {})
    wrong = data.draw(st.sampled_from(["layers.conv1-side", "layers.pool-distance"]))
    value = right[wrong] + 2
    theirs = conv_table(v, {wrong: value})
    moved = sorted(name for name in theirs if theirs[name] != right[name] and name != wrong)
    if not moved:
        return
    near = data.draw(st.sampled_from(moved))
    answers = {wrong: str(value), near: str(theirs[near] + 1)}
    assume_wrong = theirs[near] + 1 != right[near]
    assert verdicts(variant, answers)[near] is (
        Verdict.INCORRECT if assume_wrong else Verdict.CORRECT
    )


def test_a_shape_and_its_side_do_not_follow_from_each_other(exercise):
    one = exercise("""
        id: shape-and-side
        title: A shape
        network:
          sizes: {n: 20..90}
          stack: {signal: n × 2, conv: 'conv 4, kernel 3'}
        printed: {n: 30}
        questions:
          - {id: both, points: 2, ask: Both?, answer: {counts: {side: side of conv, channels: channels of conv, entries: entries of conv}}}
    """)
    found = verdicts(
        printed_variant(one), {"both.side": "30", "both.entries": "120", "both.channels": "4"}
    )
    assert found == {
        "both.side": Verdict.INCORRECT, "both.entries": Verdict.FOLLOW_THROUGH, "both.channels": Verdict.CORRECT,
    }  # fmt: skip


def test_cells_of_a_network_follow_like_other_blanks(exercise):
    one = exercise("""
        id: nodes
        title: Node by node
        network:
          inputs: {x: 1}
          parameters: {w: 1, v: 1}
          equations: |
            z = w x
            a = z^2
            s = v a
        sample: {x: {from: [2, 9]}, w: {from: [2, 9]}, v: {from: [2, 9]}}
        printed: {x: 2, w: 3, v: 5}
        questions:
          - id: t
            points: 5
            ask: Fill in.
            answer:
              table:
                rows: [z, a, s]
                columns: {value: {values: '{{row}}'}, slope: {values: 'ds/d{{row}}', because: By the chain rule.}}
            may_be_trivial: true
    """)
    answers = {
        "t.z-value": "7",
        "t.a-value": "49",
        "t.s-value": "245",
        "t.z-slope": "70",
        "t.a-slope": "5",
    }
    found = verdicts(printed_variant(one), answers)
    assert found == {
        "t.z-value": Verdict.INCORRECT, "t.a-value": Verdict.FOLLOW_THROUGH, "t.s-value": Verdict.FOLLOW_THROUGH,
        "t.z-slope": Verdict.FOLLOW_THROUGH, "t.a-slope": Verdict.CORRECT,
    }  # fmt: skip
    reasons = [blank.because for blank in printed_variant(one).solved.model.blanks]
    assert reasons == ["", "By the chain rule.", "", "", "", ""]


# What is said of wrong answers


@pytest.mark.parametrize(
    ("address", "answer", "says"),
    [
        ("layers.conv1-side", "26", "rounded up"),
        ("layers.pool-field", "7", "the strides were forgotten"),
        ("layers.conv1-parameters", "208", "a kernel that sees one channel alone"),
        ("layers.conv2-multiply-adds", "1152", "the multiply-adds of one place alone"),
        ("layers.conv2-side", "12", "the count of another layer"),
        ("all", "2048", "a count without the dense layer"),
        ("further", "17", "neighbours lie side by side"),
        ("layers.conv2-side", "8", ""),
    ],
)
def test_mistakes_are_named(address, answer, says):
    found = mark(printed_variant(BANK["conv-table"]), {address: answer}).marks[address]
    assert found.verdict is Verdict.INCORRECT
    assert says in found.message if says else "looks like" not in found.message


def test_a_mistake_may_earn_credit(exercise):
    one = exercise("""
        id: credited
        title: Credit
        network:
          sizes: {n: 20..90}
          stack: {signal: n × 2, conv: 'conv 4, kernel 3'}
        printed: {n: 30}
        questions:
          - id: p
            points: 4
            ask: How many parameters?
            answer: {counts: parameters of conv}
            credit: {bias: 0.5}
            misconceptions: [{value: 4 n, says: an answer that grows with the signal, credit: 0.25}]
    """)
    variant = printed_variant(one)
    points = {
        text: mark(variant, {"p": text}).marks["p"].points for text in ("28", "24", "120", "25")
    }
    assert points == {"28": 4, "24": 2, "120": 1, "25": 0}


def test_draws_whose_layers_do_not_fit_are_thrown_away(exercise):
    one = exercise("""
        id: fitting
        title: Kernels that fit
        network:
          sizes: {n: 1..9, k: 1..9}
          stack: {signal: n × 2, conv: 'conv 4, kernel k'}
        printed: {n: 9, k: 3}
        questions:
          - {id: side, points: 1, ask: How long?, answer: {counts: side of conv}}
    """)
    drawn = [variant.draw.sizes for variant in variants(one, range(200))]
    assert all(one["k"] <= one["n"] for one in drawn)
    assert {(one["n"], one["k"]) for one in drawn} > {(9, 9), (1, 1)}


def test_a_notebook_has_a_cell_for_every_blank_of_a_table(shipped):
    [question, *_] = in_print(printed_variant(shipped["conv-table"])).questions
    told, *cells = ("".join(cell["source"]) for cell in question_cells("conv-table", question))
    assert "| conv1 | (a) | (b) | (c) | 5 | 2 |" in told
    assert len(cells) == 16
    assert cells[3].startswith(
        "# 1 (d) pool, side · answer to conv-table/layers.pool-side (a whole number)"
    )
