"""Faults that were found by attacking the doors, so that they stay mended."""

import json

import pytest

from grader import bank
from grader.checking import check
from grader.cli import main
from grader.drawing import printed_variant, variants
from grader.sheets import Notation, in_print

BASE = """\
id: base
title: Base
{choose}network:
  sizes: {{{sizes}}}
  inputs: {{x: 1{inputs}}}
  parameters: {{w: 1, b: 1{parameters}}}
  equations: |
    z = {z}
{more}sample:
  x: {{from: [1, 3], step: 0.5}}
  w, b: {{from: [0.25, 2], step: 0.25}}
{sample}questions:
  - {{id: q, points: 1, ask: Go., answer: {answer}{rest}}}
"""


def base(**words):
    default = dict.fromkeys(
        ("choose", "sizes", "inputs", "parameters", "more", "sample", "rest"), ""
    )
    return BASE.format(**{**default, "z": "w x + b", "answer": "{values: [z]}", **words})


USABLE = {
    "a constant derivative": {
        "answer": "{gradients_of: z, by: [b]}",
        "sample": "accept: [few-variants]\n",
        "rest": ", may_be_trivial: true",
    },
    "a derivative by itself": {
        "answer": "{gradients_of: z, by: [z]}",
        "sample": "accept: [few-variants]\n",
        "rest": ", may_be_trivial: true",
    },
    "a derivative by a computed name": {
        "more": "    a = sigmoid(z)\n    L = a^2\n",
        "answer": "{gradients_of: L, by: [a, z, w]}",
    },
    "a constant": {"answer": '{values: "5"}', "sample": "accept: [few-variants]\n"},
    "an equation nobody asks about": {
        "inputs": ", v: 1",
        "more": "    a = v z\n",
        "choose": "text: A unit and a scale $v$.\n",
    },
    "a size in an equation": {"sizes": "n: 2..5", "z": "w x / n + b"},
    "a number for a rate": {
        "more": "    L = z^2\n",
        "answer": "{updates: [w], loss: L, rate: 0.1}",
    },
    "values in the words of a choice": {
        "choose": "choose: {k: ['one at {{x}}']}\ntext: See {{k}}.\n",
    },
    "more variants than a float can hold": {
        "inputs": ", M: 12 × 12",
        "more": "    s = sum(M) + z\n",
        "sample": "  M: {from: [-1, 1], step: 0.0001}\n",
        "answer": "{values: [s]}",
    },
}


@pytest.mark.parametrize("name", USABLE)
def test_usable(name, write, run):
    path = write(base(**USABLE[name]))
    result = run(main, "check", path, "--seeds", 20)
    assert (result.exit_code, result.stderr) == (0, "")
    assert run(main, "list", "--bank", path.parent).exit_code == 0
    shown = run(main, "show", path, "--seed", 3, "--solution").stdout
    assert "{{" not in shown


UNUSABLE = {
    "a range without end": {"sample": "  v: {from: [0, 1e400]}\n", "inputs": ", v: 1"},
    "an infinite step": {"sample": "  v: {from: [0, 1], step: 1e999}\n", "inputs": ", v: 1"},
    "a grid too fine": {"sample": "  v: {from: [-1, 1], step: 0.00001}\n", "inputs": ", v: 1"},
    "numbers for words": {"choose": "choose: {k: [1, 2]}\n"},
    "a list for a scalar": {"sample": "  v: [1, 2]\n", "inputs": ", v: 1", "z": "w x + b + v"},
    "sampled twice": {"sample": "  x: 2\n"},
    "an axis that may be empty": {"sizes": "n: 0..2", "inputs": ", v: n"},
    "a shape of zero": {"inputs": ", v: 0"},
    "a falling range": {"sizes": "n: 5..2"},
    "half a size": {"sizes": "n: {one_of: [1.5]}"},
    "an endless size": {"sizes": "n: 1..1000000000"},
    "a size that is sampled": {"sizes": "n: 2..3", "sample": "  n: 2\n"},
    "a raised digit": {"inputs": ", v: ²"},
    "a huge shape": {"inputs": ", v: 100000000 × 100000000"},
    "a size and parameter of one name": {"sizes": "w: 2..3"},
    "an input with the name of a function": {"inputs": ", relu: 1"},
    "an unknown domain": {"inputs": ", v: {shape: 1, domain: foo}"},
    "a blank without a name": {"answer": "{values: [z + 1]}"},
    "a blank that is not there": {"rest": ", may_be_trivial: [nope]"},
    "two tolerances": {"rest": ", tolerance: {absolute: 0.1, exact: true}"},
    "no blanks": {"answer": "{parameters: {}}"},
    "too many options": {
        "answer": "{choose_one: {options: {"
        + ", ".join(f"o{i}: {{text: t, right: {str(i == 0).lower()}}}" for i in range(30))
        + "}}}"
    },
    "too many structures": {
        "choose": "choose: {" + ", ".join(f"k{i}: [a, b, c]" for i in range(12)) + "}\n"
    },
    "a require on what is not given": {"inputs": ", v: 1", "choose": "require: [v > 1]\n"},
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_unusable_is_told_with_its_place(name, write, run):
    path = write(base(**UNUSABLE[name]))
    for words in (("check", path, "--seeds", 5), ("show", path)):
        result = run(main, *words)
        assert result.exit_code == 2, result.output
        assert result.output.startswith(f"{path}:")
        assert "Traceback" not in result.output


LAYERS = [
    "{x: 2, h: ''}",
    "{x: 2 relu, h: 3}",
    "{x: 2, h: 3 relu relu}",
    "{x: 2, h: 3 rely}",
    "{x: 2}",
]


@pytest.mark.parametrize("layers", LAYERS)
def test_layers_that_are_none(layers, write, run):
    path = write(
        f"id: l\ntitle: L\nnetwork: {{layers: {layers}}}\nquestions: [{{id: q, points: 1, ask: a, answer: {{parameters: all}}}}]\n"
    )
    result = run(main, "check", path)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_an_excluded_value_of_a_list_is_not_drawn(exercise):
    one = exercise(base(inputs=", v: 1", z="w x + b + v", sample="  v: {one_of: [1, 2], not: 1}\n"))
    assert {variant.draw.values["v"][0][0] for variant in variants(one, range(20))} == {2.0}


def test_a_sheet_states_every_size_that_an_answer_needs(exercise):
    one = exercise(base(sizes="n: 2..5, m: 2..5", z="w x / n + b"))
    stem = in_print(variants(one, [1])[0], Notation.PLAIN).stem
    assert f"Given: n = {variants(one, [1])[0].draw.sizes['n']}, x =" in stem
    assert "m =" not in stem
    counted = "{parameters: all}"
    two = exercise(
        base(sizes="n: 2..5", parameters=", V: n × 3", z="w x + b + sum(V)", answer=counted)
    )
    assert "n = " in in_print(variants(two, [1])[0], Notation.PLAIN).stem


def test_a_placeholder_in_one_structure_only(exercise):
    text = base(choose="choose: {k: [fine, '{{nobody}}']}\ntext: See {{k}}.\n")
    assert any("'{{nobody}}'" in problem.message for problem in check(exercise(text), 20).problems)


def test_no_right_variant_for_one_seed_does_not_spoil_the_others(write, run, tmp_path):
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "base.yaml").write_text(base())
    lines = [
        {"exercise": "base", "seed": seed, "answers": {"q.z": "1"}} for seed in (1, "printed", 3)
    ]
    path, out = tmp_path / "a.jsonl", tmp_path / "m.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(map(json.dumps, lines)).encode())
    assert run(main, "grade", path, "--out", out, "--bank", folder).exit_code == 1
    marks = [json.loads(line) for line in out.read_text().splitlines()]
    assert ["error" in one for one in marks] == [False, True, False]
    assert "no printed variant" in marks[1]["error"]


def test_answers_are_not_overwritten_by_marks(run, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"exercise": "layer-sizes", "seed": 1, "answers": {}}\n')
    result = run(main, "grade", path, "--out", path)
    assert (result.exit_code, "different files" in result.stderr) == (2, True)
    assert path.read_text()


def test_unreadable_lines_need_a_look(run, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"exercise": "layer-sizes", "seed": 1, "answers": {"outputs.A": "lots"}}\n')
    assert run(main, "grade", path, "--out", tmp_path / "m.jsonl").exit_code == 1


PICKS = [
    "[{from: [two-two-one, layer-sizes], choose: 1}, {from: [two-two-one, layer-sizes], choose: 2}]",
    "[{from: [two-two-one, layer-sizes], choose: 2}, layer-sizes]",
    "[{topic: shortcut connection, choose: 1}, shortcut-network, skip-connection, scalar-residual-block]",
]


@pytest.mark.parametrize("pick", PICKS)
def test_picks_that_could_leave_papers_unequal(pick, write, run, tmp_path):
    quiz = write(f"id: q\ntitle: Q\npick: {pick}\n", "quiz.yaml")
    roster = write("student\ns1\n", "roster.csv")
    result = run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    assert result.exit_code == 2
    assert f"{quiz}:3:7: " in result.stderr


def test_a_fixed_pick_is_kept_free(write, run, tmp_path):
    quiz = write(
        "id: q\ntitle: Q\npick: [{from: [two-two-one, layer-sizes, vanishing-gradients], choose: 1}, layer-sizes]\n",
        "quiz.yaml",
    )
    roster = write("student\n" + "\n".join(f"s{i}" for i in range(20)), "roster.csv")
    assert run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o").exit_code == 0
    manifest = json.loads((tmp_path / "o" / "staff" / "manifest.json").read_text())
    assert {len(paper["items"]) for paper in manifest["papers"]} == {2}


def test_a_second_student_column_is_refused(write, run, tmp_path):
    quiz = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "quiz.yaml")
    roster = write("student,student\nada,../../escaped\n", "roster.csv")
    result = run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "a" / "b")
    assert result.exit_code == 2
    assert not list(tmp_path.rglob("escaped*"))


def test_quoted_fields_may_run_over_lines(write, run, tmp_path):
    quiz = write("id: q\ntitle: Q\npick: [layer-sizes]\n", "quiz.yaml")
    roster = write('note,student\n"two\nlines",ada\n,ada\n', "roster.csv")
    result = run(main, "quiz", quiz, "--roster", roster, "--out", tmp_path / "o")
    assert f"{roster}:4:2: student 'ada' is already in line 2" in result.stderr


def test_a_folder_that_is_not_there(run, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"exercise": "layer-sizes", "seed": 1, "answers": {}}\n')
    result = run(main, "grade", path, "--out", tmp_path / "no" / "m.jsonl")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_fault_of_ours_has_its_own_exit_code(run, monkeypatch):
    monkeypatch.setattr(bank, "load_folder", lambda *_: 1 / 0)
    result = run(main, "list")
    assert result.exit_code == 3
    assert "a fault of gradmark" in result.stderr


@pytest.mark.parametrize("seed", ["--5", "²", "9" * 5000, "007", "x y"])
def test_any_seed_will_do(run, seed):
    assert run(main, "show", "layer-sizes", f"--seed={seed}").exit_code == 0


def test_two_answers_to_one_blank(run):
    result = run(main, "mark", "two-layer-numbers", "--printed", "error=1", "error=2.5")
    assert (result.exit_code, "two answers to 'error'" in result.stderr) == (2, True)


def test_an_empty_folder_is_not_a_bank_that_holds(run, tmp_path):
    assert run(main, "check", tmp_path).exit_code == 2


@pytest.mark.parametrize(
    "text", ["w21 = 0.65", "= 0.65", "0.65.", "0.65 # by the rule", "w21 := 0.65"]
)
def test_what_people_put_around_a_number(text, shipped):
    key = printed_variant(shipped["two-layer-numbers"]).keys["update.w21"][1]
    assert key.mark(text).verdict == "correct"


@pytest.mark.parametrize(
    "text", ["0.6\n5", "2.4\n-1.75", "0.65 = 0.35 = 0.65 +", "x > = 0.65", "dE/dw = 0.65"]
)
def test_what_is_not_clear_is_not_guessed(text, shipped):
    key = printed_variant(shipped["two-layer-numbers"]).keys["update.w21"][1]
    assert key.mark(text).verdict == "unreadable"


def test_a_point_may_set_thousands_apart(shipped):
    key = printed_variant(shipped["layer-sizes"]).keys["outputs.B"][1]
    assert key.mark("16.384").verdict == "unreadable"
    assert key.mark("16,384").verdict == "correct"
