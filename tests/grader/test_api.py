"""The Python door."""

import grader
from grader import Mark, Verdict, load_bank
from grader.bank import home


def test_the_example_of_the_design():
    variant = load_bank()["shortcut-network"].variant(seed=17)
    marks = variant.mark({"parameters": variant.keys["parameters"].show()})
    assert isinstance(marks.marks["parameters"], Mark)
    assert marks.marks["parameters"].verdict is Verdict.CORRECT
    assert marks.marks["parameters"].understood


def test_a_bank_is_a_mapping():
    bank = load_bank()
    files = [one for one in home().glob("*/*.yaml") if one.parent.name != "quizzes"]
    assert len(bank) == len(list(bank)) == len(files) > 21
    assert "layer-sizes" in bank
    assert bank["layer-sizes"].id == "layer-sizes"
    assert bank["layer-sizes"].title.startswith("Sizes")


def test_many_variants_are_those_of_one_by_one():
    exercise = load_bank()["two-layer-numbers"]
    together = exercise.variants(range(5))
    assert [one.draw for one in together] == [exercise.variant(seed).draw for seed in range(5)]
    assert [one.keys for one in together] == [exercise.variant(seed).keys for seed in range(5)]


def test_printed():
    variant = load_bank()["two-layer-numbers"].printed()
    assert variant.mark({"error": "2.5"}, student="s1").points == 2
    assert "E &=" in variant.markdown()


def test_every_public_name_is_there():
    for name in grader.__all__:
        assert getattr(grader, name)
    assert not hasattr(grader, "nothing")
