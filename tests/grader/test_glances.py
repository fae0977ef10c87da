"""A glance at an answer says of it what its key says, and finds nothing right that the key finds wrong."""

import pytest

from grader.answers import Verdict
from grader.drawing import restored
from grader.drawing.solving import Solved
from grader.marking import mark
from tests.shipped import BANK, drawn, few

SEEDS = few(12, 3)
SHARES = (0, 1e-10, 4e-10, 1e-9, 2e-9, 1e-3, 0.004999, 0.005001, 0.02)
STEPS = (0, 1e-13, 9e-13, 1.1e-12, 1e-9, 4e-4, 6e-4)


def again(name):
    """Variants as papers give them back, with no key worked out."""
    return restored(BANK[name], [one.draw for one in drawn(name, SEEDS)])


def near(key):
    """Numbers on both sides of what may be right, as texts."""
    for sign in (1, -1):
        yield from (repr(key.value * (1 + sign * share)) for share in SHARES)
        yield from (repr(key.value + sign * step) for step in STEPS)
        yield from (repr(key.value + sign * key.within * of) for of in (0.999, 1.001))
    yield from (f"{key.value:.{digits}g}" for digits in range(1, 11))
    yield from ("", "nothing", f"{key.value:.6f} + 0.5", f"−{abs(key.value):.4f}", repr(-key.value))


@pytest.mark.parametrize("name", BANK)
def test_what_a_glance_finds_right_is_right(name):
    for variant in again(name):
        for address, (blank, key) in variant.keys.items():
            glance = variant.solved.glance(blank, variant.row)
            if glance is None:
                continue
            assert glance.kind == key.kind
            for text in near(key):
                first, found = glance.mark(text), key.mark(text)
                if first.verdict is Verdict.INCORRECT:
                    assert key.judge(first.given, first.understood) == found
                else:
                    assert first == found, (address, text)


def test_a_right_paper_needs_no_bounds_and_a_wrong_answer_has_them(monkeypatch):
    [variant] = again("two-layer-numbers")[:1]
    right = {address: key.show() for address, (_, key) in variant.keys.items()}
    asked = []
    found = Solved.found
    monkeypatch.setattr(Solved, "found", property(lambda self: asked.append(1) or found.func(self)))
    [variant] = again("two-layer-numbers")[:1]
    assert mark(variant, right).points == variant.exercise.points
    assert not asked
    wrong = {**right, "forward.h1": "1000"}
    assert mark(variant, wrong).marks["forward.h1"].verdict is Verdict.INCORRECT
    assert asked
