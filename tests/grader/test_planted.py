"""In simulated classes of 300, what was planted is found, and nothing where nothing was; `make classes` tries hundreds of them."""

import pytest

from tests.classes import ALL, analysed, flags, recovered

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
