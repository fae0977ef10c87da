"""A wrong answer that many gave → a misconception of its own: what the report says is pasted as it is, and names that answer."""

from pathlib import Path

import msgspec
import pytest

from grader import analysis, bank
from grader.checking import check
from grader.drawing import variant_of
from grader.errors import AuthorError
from grader.marking import mark

SAYS = "what six of them wrote"
ASKED = {
    "number": ("two-two-one", "output.y"),
    "count": ("layer-sizes", "outputs.A"),
    "expression": ("two-class-softmax", "derivative"),
    "derivation": ("softmax-binary-losses", "gradient"),
    "shape": ("shapes-by-letters", "shapes.P"),
    "chain": ("scalar-classifier", "chain_w1"),
    "matrix": ("hidden-functions", "table.h1"),
    "literal": ("permuted-tokens", "masked.first"),
}


def wrong_text(variant, address):
    """A wrong answer that nothing explains yet."""
    for text in variant.keys[address][1].near_misses():
        found = mark(variant, {address: text}).marks[address]
        if found.verdict == "incorrect" and not found.misconception and found.alike:
            return text
    raise AssertionError(address)


def common(exercise, variant, address, text, folder):
    """What an analysis tells of six who wrote it."""
    lines = [mark(variant, {address: text}, student=f"s{place}") for place in range(6)]
    (folder / "marks.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    known = {exercise.id: exercise}
    found = analysis.analysed(analysis.gather(folder / "marks.jsonl", known), known)
    [one] = found.wrong_answers
    return one


def pasted(text, yaml):
    """An exercise with a misconception under the question that the first line names."""
    head, *lines = yaml.replace("…", SAYS).splitlines()
    question = f"  - id: {head.removeprefix('# under the question ')}\n"
    assert text.count(question) == 1
    return text.replace(question, question + "".join(f"    {line}\n" for line in lines))


@pytest.mark.parametrize("kind", ASKED)
def test_what_is_pasted_names_the_wrong_answer(kind, shipped, tmp_path):
    name, address = ASKED[kind]
    variant = variant_of(shipped[name], 1)
    assert variant.keys[address][1].kind == kind
    text = wrong_text(variant, address)
    one = common(shipped[name], variant, address, text, tmp_path)
    assert (one.count, one.misconception) == (6, "")
    file = tmp_path / f"{name}.yaml"
    file.write_text(pasted(Path(shipped[name].path).read_text(), one.yaml))
    again = bank.load(file)
    report = check(again, 3)
    assert (report.problems, report.unusable) == ([], False)
    assert "own" in report.misconceptions
    found = mark(variant_of(again, 1), {address: text}).marks[address]
    assert (found.misconception, found.points) == ("own", 0)
    assert SAYS in found.message
    assert common(again, variant_of(again, 1), address, text, tmp_path).misconception == SAYS


FORMULA = """
id: own
title: A unit
network:
  inputs: {x: 1}
  parameters: {w: 1}
  equations: z = w x
questions:
  - id: slope
    points: 1
    ask: Differentiate.
    answer: {gradients_of: z, by: [x], in_terms_of: [x, w]}
    misconceptions: [{value: VALUE, says: the input for the weight, credit: 0.25}]
"""


def written(folder, value):
    (folder / "own.yaml").write_text(FORMULA.replace("VALUE", value))
    return variant_of(bank.load(folder / "own.yaml"), 1)


def test_equal_formulas_are_named_and_credited_and_no_others(tmp_path):
    variant = written(tmp_path, "x")
    marks = {
        text: mark(variant, {"slope.x": text}).marks["slope.x"] for text in ("2 x / 2", "2 x", "w")
    }
    assert [(one.misconception, one.points) for one in marks.values()] == [
        ("own", 0.25), (marks["2 x"].misconception, 0), ("", 1)
    ]  # fmt: skip
    assert marks["2 x"].misconception != "own"


@pytest.mark.parametrize("value", ["x +", "q", '""'])
def test_what_students_could_not_write_is_refused(value, tmp_path):
    with pytest.raises(AuthorError, match="expected an answer as students write it"):
        written(tmp_path, value)
