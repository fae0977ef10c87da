"""What helps to practise: hints, a step a click; a wrong formula part by part; a variant that shows what went wrong."""

import re

import pytest
from msgspec import json

from grader.answers import Level
from grader.bank import files, home, load
from grader.drawing import most_telling
from grader.papers import Item
from grader.web import dates, jobs, schema
from grader.web.dates import MINUTE
from grader.web.store import people, quizzes
from grader.web.workers import Undone
from tests.grader.web.site import EXERCISES, exercises
from tests.grader.web.test_answering import boxes, rows
from tests.grader.web.test_staff import answered

NUMBERS, FORMULAS = (f"/practice/1/{name}" for name in EXERCISES[:2])
HINT = re.compile(r'name="hint" value="([^"]*)"')


def practising(small, path, client=None):
    """Somebody who has begun an exercise."""
    small.publish(practice=True, closes=dates.now() - MINUTE)
    client = client or small.enter("ann")
    client.see(path)
    client.shown = client.fill_in(path, do="another").text
    return client


def opened(client, path, hint, **answers):
    client.shown = client.fill_in(path, hint=hint, **answers).text
    return client.shown


def test_hints_open_one_a_click_and_what_was_typed_stays(small):
    ann = practising(small, NUMBERS)
    assert "output.y:1" in HINT.findall(ann.shown) and "Its number" not in ann.shown
    assert 'value="0.5"' in opened(ann, NUMBERS, "output.y:1", **{boxes(ann)[0]: "0.5"})
    for _ in range(2):  # a double click opens one
        assert "output.y:3" in HINT.findall(opened(ann, NUMBERS, "output.y:2"))
    for strange in ("output.y:7", "no-blank:1", ":1", "output.y:x", "output.y"):
        assert "output.y:3" in HINT.findall(opened(ann, NUMBERS, strange))
    opened(ann, NUMBERS, "output.y:3")
    assert (
        "The whole solution" in ann.shown
        and '{"output.y":3}' in rows(small, schema.practice)[0]["hints"]
    )
    assert "<details id" not in ann.fill_in(NUMBERS, do="solution").text


def test_a_hint_that_is_not_open_is_not_on_the_page(small):
    """Each tells a little more than those before; none of it is sent before it is asked for."""
    ann = practising(small, NUMBERS)
    sizes = [len(re.findall("<math", ann.shown))]
    for number in range(1, 4):
        sizes.append(len(re.findall("<math", opened(ann, NUMBERS, f"output.y:{number}"))))
    assert sizes == [*range(sizes[0], sizes[0] + 4)]


@pytest.fixture(scope="module")
def formulas():
    """A bank of one exercise, and a variant with a ReLU, the mask of which may be forgotten."""
    [path] = [path for path in files([home()]) if path.stem == "shortcut-network"]
    bank = {"shortcut-network": load(path)}
    item = jobs.drawn(bank, "shortcut-network", 3, "mask")
    assert item.draw.choices["activation"] == "relu"
    return bank, item


def test_a_wrong_formula_comes_part_by_part_and_the_right_one_only_with_the_solution(formulas):
    bank, item = formulas
    key = next(name for name in jobs.printed(bank, item).kinds if name.endswith(".W1"))
    answers = {key: "(W2^T @ (y - yhat)) @ x^T"}
    remarked = jobs.beside(bank, item, answers, Level.REMARK)[key]
    told = jobs.beside(bank, item, answers, Level.SOLUTION)[key]
    assert [one.right + one.expected for one in remarked] == [""] * len(remarked)
    assert [one.own for one in remarked] == [one.own for one in told]
    assert sum(one.first for one in told) == 1 and told[-1].right and not told[-1].agrees
    whole = {key: "W1"}  # nothing but the whole of it differs, which the verdict says
    assert jobs.beside(bank, item, whole, Level.REMARK) == {}
    assert len(jobs.beside(bank, item, whole, Level.SOLUTION)[key]) == 1


def test_the_page_shows_a_wrong_formula_as_far_as_its_level_tells(small, monkeypatch):
    monkeypatch.setattr("grader.web.practice.secrets.randbits", lambda _: 4)  # a sum of two terms
    ann = practising(small, FORMULAS)
    ann.shown = ann.fill_in(FORMULAS, do="check", b="W2 @ (b1 .* b1) + b2").text
    assert "Part by part" in ann.shown and "differs first here" in ann.shown
    assert "<dt>right</dt>" not in ann.shown
    assert "<dt>right</dt>" in ann.fill_in(FORMULAS, do="solution").text


def mistaken(item, name):
    """What a misconception answers in a variant, by address."""
    solved = jobs.variant(exercises(), item).solved
    found = {
        target: value
        for target, wrong in solved.wrong.items()
        for mistake, value in wrong
        if mistake.name == name and value[0].item() != solved.values[target][0].item()
    }
    return {target.removeprefix("@"): f"{value[0].item():.6f}" for target, value in found.items()}


def newest(small):
    return max(rows(small, schema.practice), key=lambda one: one["number"])


def named(marks):
    """The first misconception that marks name."""
    found = re.search(r'"misconception","about":{"id":"([^"]*)"', marks)
    return found[1] if found else ""


def test_the_next_variant_shows_what_went_wrong_last(small, monkeypatch):
    """In practice, and before it in the quiz; whoever was right last gets any variant."""
    asked, run = [], small.site.workers.marks.run

    def watched(job, bank, *given):
        asked.extend(given[2:] if job == "drawn" else ())
        return run(job, bank, *given)

    monkeypatch.setattr(small.site.workers.marks, "run", watched)
    with small.site.store.read() as tx:
        who = people.known_as(tx, people.ROSTER, "ann").id
        held = quizzes.paper_of(tx, small.published.quiz, who)
    ann = answered(small, "ann", mistaken(held.paper.items[0], "sign")["output.h1"])
    [in_quiz] = {named(one["marks"]) for one in rows(small, schema.marking)}
    practising(small, NUMBERS, ann)

    def variant():
        return json.decode(newest(small)["drawn"], type=Item)

    keys = jobs.variant(exercises(), variant()).keys
    right = {address: key.show() for address, (_, key) in keys.items()}
    ann.fill_in(NUMBERS, do="check", **right)
    ann.fill_in(NUMBERS, do="another")
    ann.fill_in(NUMBERS, do="check", **mistaken(variant(), "bias"))
    here = named(newest(small)["marks"])
    ann.fill_in(NUMBERS, do="another")
    ann.fill_in(NUMBERS, do="another")  # without an answer, the same is shown again
    assert in_quiz and here  # in some variants, two misconceptions give the same
    assert asked == [in_quiz, "", here, here]


def test_of_some_variants_the_one_that_tells_most_is_drawn():
    seeds, bank = range(5, 5 + jobs.TRIED), exercises()
    telling = most_telling(bank["two-two-one"], seeds, "bias").draw
    assert jobs.drawn(bank, "two-two-one", 5, "bias").draw == telling
    assert telling != jobs.drawn(bank, "two-two-one", 5).draw


def test_a_job_that_fails_takes_no_page_away(small, monkeypatch):
    ann, run = practising(small, NUMBERS), small.site.workers.marks.run

    def failing(job, bank, *given):
        if job in ("hints", "beside"):
            raise Undone(job)
        return run(job, bank, *given)

    monkeypatch.setattr(small.site.workers.marks, "run", failing)
    assert "Question 1" in ann.see(NUMBERS) and not HINT.findall(ann.shown)
    assert "Wrong" in ann.fill_in(NUMBERS, do="check", **{boxes(ann)[0]: "-7"}).text
