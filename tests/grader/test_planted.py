"""In simulated classes of 300, what was planted is found, and nothing where nothing was; `make classes` tries hundreds of them."""

from random import Random

import pytest

from grader import analysis
from grader.analysis.advice import of_missing
from grader.analysis.cohort import Asked, Builder
from grader.analysis.gathering import taken
from tests.classes import ALL, OPTIONS, analysed, choice, exercise, flags, number, recovered

SEEDS = range(2)


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_facts_are_found(seed):
    assert [name for name, found in recovered(*analysed(seed, ALL)).items() if not found] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_where_nothing_was_planted(seed):
    _, found = analysed(seed)
    assert [name for name, raised in flags(found).items() if raised] == []


def test_many_papers_are_alike_by_chance():
    """On questions that most answer rightly, thousands of pairs agree, about as many as chance lets expect."""
    _, found = analysed(0)
    assert found.likeness.identical > 500
    assert found.likeness.by_chance == pytest.approx(found.likeness.identical, rel=0.35)


def test_an_option_that_hardly_anybody_chooses_is_named():
    """Ten of two hundred may be chance, two are not."""
    builder = Builder()
    for place in range(200):
        chosen = {place < 2: "weights", place < 12: "quarter"}.get(
            True, "eases" if place % 2 else "none of them"
        )
        asked = {"x": Asked(tuple(sorted(OPTIONS)), ("eases",))}
        own = exercise(f"s{place:03}", "statement", 1, {"x": choice(chosen, "eases")})
        taken(builder, own, asked, {})
        other = exercise(f"s{place:03}", "e1", 2, {"x": number(Random(place), place % 3 > 0)})
        taken(builder, other, {}, {})
    found = analysis.analysed(builder.cohort(), {}, "A class")
    assert {one.option for one in found.options if one.flag == "hardly chosen"} == {"weights"}
    assert next(one.kind for one in found.todo if "option" in one.what) == "option"


@pytest.mark.parametrize(("missing", "warns"), [(2, False), (3, True)])
def test_a_report_warns_where_more_than_two_of_a_hundred_are_missing(missing, warns):
    [said] = of_missing({"waiting": missing}, 100)
    assert ("more than 2 %" in said.why) is warns
