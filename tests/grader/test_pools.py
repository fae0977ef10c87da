"""Pools through the doors: what is drawn and shown, stored and pinned, and what authors are told."""

import json
import math
from collections import Counter

import pytest
from msgspec.structs import replace

from grader.answers import MatchKey, OrderKey, SeveralKey, Verdict
from grader.bank import consistency
from grader.checking import check
from grader.cli import main
from grader.drawing import distinct, printed_variant, restored, variants
from grader.errors import AuthorError
from tests.grader.rounds import Round

POOLS = """\
id: pools
title: Pools
network: {sizes: {n: 2..3}}
printed:
  n: 2
  some: [noise, luck, bug]
  pairs: [small, large, slow, quick, odd]
  lines: [end, start, wrong, middle]
questions:
  - id: some
    points: 2
    ask: Which are right?
    answer:
      choose_several:
        show: 3
        scoring: each
        options:
          noise: {right: true, text: "There is $x_1^2$ noise."}
          easy: {right: true, text: "There are {{n}} sets."}
          bug: {text: A bug.}
          luck: {text: Luck.}
          night: {text: Night.}
  - id: pairs
    points: 2
    ask: Match.
    answer:
      match:
        show: 2
        show_distractors: 1
        pairs:
          small: {text: "A rate of $10^{-9}$", right: {slow: It is slow., idle: It is idle.}}
          large: {text: A large rate, right: {quick: It is quick.}}
          good: {text: A good rate, right: {fine: It is fine.}}
        distractors: {odd: It is odd., even: "It is {{n}}."}
  - id: lines
    points: 4
    ask: Put in order.
    answer:
      order:
        show_distractors: 1
        lines: {start: "$a$", middle: "$= b$", end: "$= c_{ {{n}} }$"}
        distractors: {wrong: "$= d$", worse: "$= e$"}
accept: [part-for-nothing, length, prompt-name, no-because, unproved-claim]
"""
SEEDS = range(400)


@pytest.fixture
def pools(exercise):
    return exercise(POOLS)


def orders(exercise, address):
    return [variant.draw.orders[address] for variant in variants(exercise, SEEDS)]


def test_check_proves_the_keys(pools):
    assert check(pools, 100).problems == []


def test_some_are_right_and_some_are_wrong(pools):
    right = {"noise", "easy"}
    found = [frozenset(order) for order in orders(pools, "some")]
    assert {len(order & right) for order in found} == {1, 2}
    assert all(len(order) == 3 for order in found)
    assert len({*found}) == 2 * math.comb(3, 2) + 3
    for variant in variants(pools, SEEDS):
        key, order = variant.keys["some"][1], variant.draw.orders["some"]
        assert isinstance(key, SeveralKey)
        assert {*key.right} == {*order} & right


def test_as_many_right_ones_as_any_other_number(pools):
    found = Counter(len({*order} & {"noise", "easy"}) for order in orders(pools, "some"))
    assert 150 < found[1] < 250


@pytest.mark.parametrize(
    ("right", "numbers"), [(0, {0}), (1, {1}), (3, {1, 2}), (4, {2}), (5, {3})]
)
def test_how_many_are_right_where_a_pool_is_one_sided(exercise, right, numbers):
    names = ["noise", "easy", "bug", "luck", "night"]
    text = POOLS.replace("right: true, ", "")
    for name in names[:right]:
        text = text.replace(f"{name}: {{text", f"{name}: {{right: true, text")
    found = orders(exercise(text), "some")
    assert {len({*order} & {*names[:right]}) for order in found} == numbers


def test_pairs_and_distractors(pools):
    belongs = {"small": {"slow", "idle"}, "large": {"quick"}, "good": {"fine"}}
    for variant in variants(pools, SEEDS):
        order, key = variant.draw.orders["pairs"], variant.keys["pairs"][1]
        items, offered = order[:2], order[2:]
        assert isinstance(key, MatchKey)
        assert len(offered) == 3
        assert len({*offered} & {"odd", "even"}) == 1
        for item, letter in zip(items, key.letters, strict=True):
            assert offered["abc".index(letter)] in belongs[item]
    found = orders(pools, "pairs")
    assert {tuple(order[:2]) for order in found} >= {("small", "large"), ("large", "small")}
    assert {name for order in found for name in order} >= {"slow", "idle", "fine", "odd", "even"}


def test_items_may_keep_their_order(exercise):
    fixed = exercise(POOLS.replace("show: 2\n", "show: 2\n        shuffle: false\n"))
    places = ["small", "large", "good"]
    for order in orders(fixed, "pairs"):
        assert places.index(order[0]) < places.index(order[1])


def test_options_may_keep_their_order(exercise):
    fixed = exercise(POOLS.replace("scoring: each", "shuffle: false"))
    places = ["noise", "easy", "bug", "luck", "night"]
    assert all(order == sorted(order, key=places.index) for order in orders(fixed, "some"))


def test_lines_and_distractors(pools):
    for variant in variants(pools, SEEDS):
        order, key = variant.draw.orders["lines"], variant.keys["lines"][1]
        assert isinstance(key, OrderKey)
        assert sorted({*order} - {"wrong", "worse"}) == ["end", "middle", "start"]
        assert len(order) == 4
        assert [order["abcd".index(letter)] for letter in key.show().split()] == [*key.right]


def test_variants_are_counted(pools):
    some = (2 * math.comb(3, 2) + 3) * math.factorial(3)
    pairs = (2 + 2 + 1) * math.factorial(2) * 2 * math.factorial(3)
    lines = 2 * math.factorial(4)
    assert distinct(pools) == 2 * some * pairs * lines
    small = replace(pools, file=replace(pools.file, questions=pools.file.questions[:1]))
    seen = {tuple(order) for order in orders(small, "some")}
    assert len(seen) == some


def test_the_sheet_shows_both_lists(pools, run):
    text = run(main, "show", pools.path, "--printed").stdout
    assert "- (1) A rate of 10⁻⁹\n- (2) A large rate\n" in text
    assert "- (a) It is slow.\n- (b) It is quick.\n- (c) It is odd.\n" in text
    assert "- (a) = c₂\n" in text
    for form in ("markdown", "html"):
        shown = run(main, "show", pools.path, "--printed", "--solution", "--format", form).stdout
        assert "{{" not in shown
        assert "1a 2b" in shown
        assert "b d a" in shown
    page = run(main, "show", pools.path, "--printed", "--format", "html").stdout
    assert page.count('<ul class="options">') == 4
    record = json.loads(run(main, "show", pools.path, "--printed", "--format", "json").stdout)
    question = record["sheet"]["questions"][1]
    assert question["items"] == [["1", "A rate of $10^{-9}$"], ["2", "A large rate"]]
    assert [letter for letter, _ in question["options"]] == ["a", "b", "c"]


def test_marking_at_the_shell(pools, run):
    words = ("some=a", "pairs=2-b, 1-c", "lines=b, d, c")
    result = run(main, "mark", pools.path, "--printed", "--json", *words)
    marks = json.loads(result.stdout)["marks"]
    assert [one["verdict"] for one in marks.values()] == ["correct", "partial", "partial"]
    assert [one["points"] for one in marks.values()] == [2, 1, 1.3333]
    assert marks["pairs"]["message"] == "1 of 2 pairs are right"


def test_stored_papers_are_restored_and_marked(tmp_path, write):
    (tmp_path / "bank").mkdir()
    write(POOLS, "bank/pools.yaml")
    quiz = "id: q\ntitle: Q\npick: [pools]\n"
    students = [f"s{number}" for number in range(8)]
    found = Round(tmp_path / "round", quiz, students, folders=(tmp_path / "bank",))
    papers = [
        json.loads((found.folder / "papers" / f"{one}.ipynb").read_text()) for one in students
    ]
    assert len({str(paper["cells"][2:]) for paper in papers}) == len(students)
    graded = found.grade(found.hand_in({f"{one}.ipynb": found.answered(one) for one in students}))
    assert {(one.points, one.out_of) for one in graded} == {(8, 8)}


def test_a_stored_draw_that_fits_no_more(pools):
    [variant] = restored(pools, [printed_variant(pools).draw])
    assert variant.keys["pairs"][1].mark("1a 2b").verdict is Verdict.CORRECT
    stale = {
        "some": ["noise", "gone", "bug"],
        "pairs": ["small", "large", "slow", "idle", "quick"],
        "lines": ["start", "end", "wrong"],
    }
    for address, order in stale.items():
        draw = replace(variant.draw, orders={**variant.draw.orders, address: order})
        with pytest.raises(AuthorError, match="a stored variant no longer fits this exercise"):
            restored(pools, [draw])


BAD_PINS = {
    "[noise, luck, bug]": {
        "[noise, gone, bug]": "9: unknown option 'gone'",
        "[noise, noise]": "9: 'noise' occurs twice",
        "noise": "9: expected a list of options",
    },
    "[small, large, slow, quick, odd]": {
        "[small, large, slow, odd]": "10: expected one text that belongs to 'large'",
        "[small, slow, quick]": "10: 'quick' belongs to an item that is not shown",
    },
    "[end, start, wrong, middle]": {"[end, start, wrong]": "10: the line 'middle' is missing"},
}


@pytest.mark.parametrize("pin", BAD_PINS)
def test_a_printed_variant_that_cannot_be(pin, write, run):
    for bad, says in BAD_PINS[pin].items():
        result = run(main, "show", write(POOLS.replace(pin, bad)), "--printed")
        assert result.exit_code == 2
        assert f":{says}" in result.output


BAD_POOLS = {
    "a letter run for an id": ("bug: {text: A bug.}", "cab: {text: A cab.}", "20:11: 'cab' can be read as letters"),
    "a letter for an id": ("bug: {text: A bug.}", "b: {text: A bug.}", "20:11: expected an id of two letters or more"),
    "too few options": ("show: 3", "show: 6", "15:9: expected to show at most 5 options, found 6"),
    "no such scoring": ("scoring: each", "scoring: half", "16:18: "),
    "an unknown key": ("show: 3", "shown: 3", "15:9: unknown key 'shown'; did you mean 'show'?"),
    "too few pairs": ("show: 2", "show: 4", "28:15: expected at most 3 pairs, found 4"),
    "too few distractors": ("show: 2\n        show_distractors: 1", "show: 2\n        show_distractors: 3", "29:27: expected at most 2 distractors, found 3"),
    "an id twice": ("quick: It is quick.", "odd: It is odd.", "28:9: the id 'odd' occurs 2 times"),
    "nothing right": ("right: {quick: It is quick.}", "right: {}", "32:46: expected at least one text"),
    "one line": ('start: "$a$", middle: "$= b$", ', "", "41:16: expected at least two lines"),
    "a line for a distractor": ("wrong: ", "start: ", "42:23: 'start' is also the id of a line"),
    "too many lines that do not belong": ("order:\n        show_distractors: 1", "order:\n        show_distractors: 3", "40:27: expected at most 2 distractors, found 3"),
    "another answer beside": ("choose_several:\n", "values: n\n      choose_several:\n", "14:7: expected one of values"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_POOLS)
def test_authors_are_told_where(what, write, run):
    old, new, says = BAD_POOLS[what]
    assert POOLS.count(old) == 1
    path = write(POOLS.replace(old, new))
    result = run(main, "check", path)
    assert result.exit_code == 2
    assert f"{path}:{says}" in result.output


def test_a_pool_is_the_only_answer_of_its_question(write, run):
    text = POOLS.replace("      order:", "    - {values: n}\n    - order:").replace(
        "        show_distractors: 1\n        lines", "        lines"
    )
    assert "the only answer of its question" in run(main, "check", write(text)).stdout


@pytest.mark.parametrize("kind", [SeveralKey, MatchKey, OrderKey])
def test_check_finds_a_comparer_that_is_too_kind(kind, pools, monkeypatch):
    real = kind.mark
    monkeypatch.setattr(kind, "mark", lambda self, text: real(self, self.show()))
    assert any("is marked correct" in problem.message for problem in check(pools, 5).problems)


def test_bank_knows_every_pool():
    assert {"choose_one", "choose_several", "match", "order"} <= {*consistency.KINDS}
