"""How much of a total would come out again with other questions of the kind."""

from __future__ import annotations

import math

import numpy as np

from grader.analysis.intervals import Interval, Values, percentiles, resampled


def alpha(scores: Values) -> float | None:
    """α = k/(k−1) (1 − Σσᵢ²/σ_T²) of students × parts; nothing of one part, or where all totals agree.

    Cronbach, *Coefficient alpha and the internal structure of tests*, Psychometrika 16 (1951).
    """
    count, parts = scores.shape
    if parts < 2 or count < 2:
        return None
    total = scores.sum(axis=1).var(ddof=1)
    if total < 1e-12:
        return None
    return float(parts / (parts - 1) * (1 - scores.var(axis=0, ddof=1).sum() / total))


def kr20(scores: Values) -> float | None:
    """KR-20 = k/(k−1) (1 − Σp(1−p)/σ_T²), which α is where all is or nothing; nothing elsewhere.

    Kuder and Richardson, *The theory of the estimation of test reliability*, Psychometrika 2 (1937).
    """
    if not np.isin(scores, (0, 1)).all():
        return None
    parts = scores.shape[1]
    total = scores.sum(axis=1).var()
    if parts < 2 or total < 1e-12:
        return None
    share = scores.mean(axis=0)
    return float(parts / (parts - 1) * (1 - (share * (1 - share)).sum() / total))


def alpha_interval(scores: Values) -> Interval | None:
    """Of α, by resampling students.

    Where each has other items, the usual intervals cover as little as 77 %. Barchard, *Random item and random person sampling in
    the estimation of coefficient alpha*, Educ. Psychol. Meas. 57 (1997).
    """
    count, parts = scores.shape
    if alpha(scores) is None:
        return None
    moments = np.column_stack([scores, scores.sum(axis=1)])
    moments = moments - moments.mean(axis=0)
    pieces = [
        weights @ np.column_stack([moments, moments**2]) / count for weights in resampled(count)
    ]
    means = np.concatenate(pieces)
    variances = means[:, parts + 1 :] - means[:, : parts + 1] ** 2
    good = variances[:, -1] > 1e-12
    ratio = variances[good, :-1].sum(axis=1) / variances[good, -1]
    return percentiles(parts / (parts - 1) * (1 - ratio))


def standard_error(deviation: float, reliability: float) -> float:
    """How far a student's points lie from what they would be on average: σ_T √(1−α).

    *Standards for Educational and Psychological Testing* (2014), chapter 2.
    """
    return deviation * math.sqrt(max(1 - reliability, 0))
