"""Near misses of every key of the bank with a kink are wrong, and other words for it are right."""

from collections import Counter

import pytest

from reference.equivalence import around, compare, lines
from tests.kinks import keys, near_misses, wrongly_marked


@pytest.mark.slow
def test_no_near_miss_of_a_kink_is_accepted():
    counts = Counter()
    assert [*wrongly_marked(range(2), counts)] == []
    for kind in ("shifted thresholds", "ramps", "cut off"):
        assert counts[f"{kind}: incorrect"] > 50
    assert counts["other words: correct"] > 50


def stay_near(patch):
    """Neither far points nor scaled lines."""
    patch.setattr(around, "FAR", 0)
    patch.setattr(lines, "SCALES", (0,))


def stay_away(patch):
    """Neither points close to turns, nor inputs of every size, which may be as close."""
    patch.setattr(lines, "DISTANCES", (1e-2, 1.0))
    patch.setattr(around, "EVENLY", 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lambda patch: patch.setattr(compare, "around", lambda *_: None), "shifted thresholds"),
        (lambda patch: stay_away(patch), "ramps"),
        (lambda patch: stay_near(patch), "cut off"),
    ],
)
def test_a_look_that_leaves_something_out_is_found(fault, kind, monkeypatch):
    fault(monkeypatch)
    classes = [(d, s, p) for d in lines.DISTANCES for s in (-1, 1) for p in lines.SCALES]
    for module in (around, lines):
        monkeypatch.setattr(module, "CLASSES", classes)
    assert any(text.startswith(kind) for text in wrongly_marked(range(2), Counter()))


def test_there_are_near_misses_of_every_kind():
    found = [near_misses(key.expression) for _, key in keys(range(1))]
    assert len(found) >= 3
    assert all(len(texts) >= 14 for kinds in found for texts in kinds.values())
