"""Each statistic of an analysis against SciPy, statsmodels, or a formula of another kind."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis import cuts, effects, intervals, items, limits, reliability, similarity

stats = pytest.importorskip("scipy.stats")
SCORES = np.array([0, 0.25, 0.5, 0.5, 1, 1, 1, 0.75, 0, 0.5] * 12)


def drawn(seed, students=200, parts=6):
    """Scores that hang together by one ability."""
    random = np.random.default_rng(seed)
    ability = random.normal(size=(students, 1))
    return ability + random.normal(size=(students, parts)) * np.arange(1, parts + 1) / 2


@settings(max_examples=60)
@given(st.integers(1, 500), st.data())
def test_wilson(count, data):
    hits = data.draw(st.integers(0, count))
    ours = intervals.wilson(hits, count)
    theirs = stats.binomtest(hits, count).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_correlation_and_fisher(seed):
    one, other = drawn(seed).T[:2]
    ours = items.correlation(one, other)
    theirs = stats.pearsonr(one, other)
    assert ours == pytest.approx(theirs.statistic)
    ends = theirs.confidence_interval()
    found = intervals.fisher(ours, len(one))
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


@pytest.mark.parametrize("usual", [0.2, 0.4, 0.7])
@pytest.mark.parametrize("seed", range(3))
def test_a_correlation_below_the_usual_one(seed, usual):
    """At the level of its probability the one-sided interval ends at the usual one."""
    one, other = drawn(seed, students=40).T[:2]
    tail = intervals.lower_than(items.correlation(one, other), usual, len(one))
    ends = stats.pearsonr(one, other, alternative="less").confidence_interval(1 - tail)
    assert ends.high == pytest.approx(usual)


def test_two_students_tell_nothing_of_a_correlation():
    assert intervals.lower_than(0, 0.9, 2) == 0.5


def test_the_largest_correlation_that_points_allow():
    own, rest = (drawn(4).T[0] > 0).astype(float), drawn(4).T[2]
    mixed = (np.random.default_rng(n).permutation(own) for n in range(200))
    every = [items.correlation(one, rest) for one in mixed]
    most = items.possible(own, rest)
    assert max(every) < most < 1
    assert items.efficiency(own, rest) == pytest.approx(items.correlation(own, rest) / most)


def test_a_constant_correlates_with_nothing():
    assert items.correlation(np.ones(9), np.arange(9.0)) is None
    assert items.efficiency(np.ones(9), np.arange(9.0)) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg(given_probabilities):
    ours = intervals.benjamini_hochberg(given_probabilities)
    assert ours == pytest.approx(stats.false_discovery_control(given_probabilities).tolist())


@pytest.mark.parametrize("z", [0, 0.5, -1.96, 4, -9])
def test_the_tails_of_the_normal_distribution(z):
    assert intervals.two_sided(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12)
    assert stats.norm.ppf(0.975) == pytest.approx(intervals.Z)


def test_the_bootstrap_of_a_mean():
    ours = intervals.of_mean(SCORES)
    theirs = stats.bootstrap((SCORES,), np.mean, method="percentile", rng=3).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    normal = drawn(1, students=400).T[0]
    off = (np.array(stats.norm.interval(0.95)) * normal.std() / 20) + normal.mean()
    found = intervals.of_mean(normal)
    assert (found.low, found.high) == pytest.approx(off, abs=normal.std() / 20 * 0.12)
    assert intervals.of_mean(SCORES) == ours  # the same report for the same marks
    assert intervals.of_mean(np.full(30, 0.5)) == intervals.Interval(0.5, 0.5)


@pytest.mark.parametrize("seed", range(4))
def test_alpha_by_analysis_of_variance(seed):
    """Hoyt, *Test reliability estimated by analysis of variance*, Psychometrika 6 (1941): 1 − MS of the rest / MS of students."""
    scores = drawn(seed)
    students, parts = scores.shape
    whole = scores - scores.mean()
    by_student, by_part = whole.mean(axis=1), whole.mean(axis=0)
    rest = whole - by_student[:, None] - by_part
    ratio = (rest**2).sum() / (students - 1) / (parts - 1)
    expected = 1 - ratio / (parts * (by_student**2).sum() / (students - 1))
    assert reliability.alpha(scores) == pytest.approx(expected)


def test_kr20_is_alpha_where_all_is_or_nothing():
    right = (drawn(1) > 0).astype(float)
    assert reliability.kr20(right) == pytest.approx(reliability.alpha(right))
    assert reliability.kr20(drawn(1)) is None
    assert reliability.alpha(np.ones((30, 3))) is None


def test_the_interval_of_alpha():
    scores = drawn(2)
    ours = reliability.alpha_interval(scores)

    def statistic(*columns):
        return reliability.alpha(np.column_stack(columns))

    theirs = stats.bootstrap(
        scores.T, statistic, paired=True, vectorized=False, n_resamples=500, method="percentile", rng=1
    ).confidence_interval  # fmt: skip
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)
    assert ours.low < reliability.alpha(scores) < ours.high


def test_the_standard_error():
    assert reliability.standard_error(10, 0.84) == pytest.approx(4)
    assert reliability.standard_error(10, 1.2) == 0


@pytest.mark.parametrize("seed", range(4))
def test_between_groups_by_moments(seed):
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    random = np.random.default_rng(seed)
    means, variances = random.normal(0, 0.3, 6), random.uniform(0.01, 0.1, 6)
    theirs = meta.combine_effects(means, variances, method_re="dl").tau2
    assert effects.between(means, variances) == pytest.approx(max(theirs, 0))


def test_residuals():
    own, rest = drawn(5).T[:2]
    line = stats.linregress(rest, own)
    expected = own - line.intercept - line.slope * rest
    assert effects.residuals(own, rest) == pytest.approx(expected)
    assert effects.residuals(own, np.ones_like(own)) == pytest.approx(own - own.mean())


def test_effects_are_shrunk_and_lie_between_nothing_and_what_was_measured():
    random = np.random.default_rng(1)
    left = random.normal(size=300)
    left[:100] += 0.8
    left -= left.mean()
    groups = [np.arange(100), np.arange(100, 290), np.arange(290, 300)]
    found = effects.effects(left, groups)
    for one in found:
        assert 0 <= one.shrunk / one.raw <= 1
        assert one.interval.low < one.shrunk < one.interval.high
    assert abs(found[0].shrunk / found[0].raw) > abs(found[2].shrunk / found[2].raw)
    apart = stats.norm.sf(abs(found[0].raw) / math.sqrt((left @ left / 298) * (1 / 100 - 1 / 300)))
    assert found[0].probability == pytest.approx(2 * apart)


def test_nothing_is_between_groups_that_are_alike():
    assert effects.between([0.1, 0.1, 0.1], [0.01] * 3) == 0
    assert effects.between([0.1], [0.01]) == 0


def test_efficiency_and_weights():
    own, rest = np.sort(SCORES), np.arange(len(SCORES), dtype=float)
    assert items.efficiency(own, rest) == pytest.approx(1)
    assert items.efficiency(own[::-1], rest) < 0
    scores = drawn(3)
    found = items.effective_weights(scores)
    total = scores.sum(axis=1)
    roots = [math.sqrt(np.cov(column, total)[0, 1]) for column in scores.T]
    assert found == pytest.approx([one / sum(roots) for one in roots])


def test_fifths_and_facility():
    rest = np.arange(100.0)
    assert items.curve((rest >= 80).astype(float), rest) == [0, 0, 0, 0, 1]
    assert items.curve(np.ones(10), np.ones(10)) == [1, None, None, None, None]
    share, interval = items.facility(np.array([0.0, 1.0] * 20))
    assert (share, interval) == (0.5, intervals.wilson(20, 40))
    assert items.facility(SCORES)[1] == intervals.of_mean(SCORES)


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=7), st.integers(0, 7))
def test_so_many_agreements_or_more(chances, hits):
    every = itertools.product([0, 1], repeat=len(chances))
    expected = sum(
        math.prod(p if hit else 1 - p for p, hit in zip(chances, one, strict=True))
        for one in every
        if sum(one) >= hits
    )
    assert tail(hits, chances) == pytest.approx(expected)
    assert tail(8, [0.3] * 20) == pytest.approx(stats.binom.sf(7, 20, 0.3))


def tail(hits, chances):
    return similarity.at_least(np.array([hits]), np.array([chances]))[0]


def test_a_copied_paper_is_named_where_chance_does_not_explain_it():
    """Forty items with four options each: two papers with the same thirty wrong answers."""
    random = np.random.default_rng(4)
    codes = random.integers(0, 4, (120, 40))
    ability = random.normal(size=120)
    keys = np.zeros_like(codes)
    assert similarity.similar(codes, keys, ability).named == ()
    codes[1, :34] = codes[0, :34]
    [pair] = similarity.similar(codes, keys, ability).named
    assert (pair.first, pair.second, pair.of) == (0, 1, 40)
    assert pair.shared >= 34 > pair.expected


def test_items_that_only_one_had_are_not_compared():
    """Or that both had with other keys."""
    answers, keys = np.array([[0, 1, 5, 7], [0, 2, 2, 8]]), np.array([[0, 0, -1, 0], [0, -1, 0, 1]])
    found = similarity.similar(answers, keys, np.array([1.0, 2.0]))
    assert (found.pairs, found.identical) == (1, 1)


def test_pairs_are_compared_as_one_would_by_hand():
    """One after the other, each item by itself."""
    random = np.random.default_rng(9)
    answers, keys = random.integers(0, 3, (60, 5)), random.integers(-1, 3, (60, 5))
    ability = random.normal(size=60)
    fifth = items.parted(ability, 5)
    found = similarity.similar(answers, keys, ability)
    identical, by_chance = 0, 0.0
    for one, other in itertools.combinations(range(60), 2):
        both = [i for i in range(5) if keys[one, i] == keys[other, i] >= 0]
        identical += bool(both) and all(answers[one, i] == answers[other, i] for i in both)
        likely = 1.0
        for i in both:
            own = [
                [
                    answers[s, i]
                    for s in range(60)
                    if keys[s, i] == keys[one, i] and fifth[s] == fifth[who]
                ]
                for who in (one, other)
            ]
            likely *= (
                sum(own[0].count(a) * own[1].count(a) for a in range(3)) / len(own[0]) / len(own[1])
            )
        by_chance += likely if both else 0
    assert found.identical == identical
    assert found.by_chance == pytest.approx(by_chance)


JUDGED = [cuts.Judged(item, judge, share) for item, judge, share in [
    ("1", "a", 0.5), ("2", "a", 0.5), ("1", "b", 0.7), ("2", "b", 0.3),
]]  # fmt: skip


def test_cuts():
    found = cuts.angoff(JUDGED, {"1": 10, "2": 4})
    assert (found.points, found.error) == (pytest.approx(7.6), pytest.approx(0.6))
    assert cuts.borderline([3, 9, 4]).points == 4


def test_counts_cannot_be_worked_out_from_each_other():
    """Two cells at least are left out where one is small: their sum alone is known."""
    for counts in itertools.product(range(8), repeat=3):
        found = limits.published(counts)
        assert all(one is None or one == 0 or one >= limits.CELL for one in found)
        if max(counts) >= limits.CELL and any(0 < one < limits.CELL for one in counts):
            hidden = [one for one, shown in zip(counts, found, strict=True) if shown is None]
            assert len(hidden) > 1
