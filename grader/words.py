"""Numbers in words: with their nouns, and points as people write them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

LARGEST = 100  # denominator that four decimals tell from any other
WRITTEN = 20  # the largest one that people write


def counted(count: int | str, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "file"), counted(0, "file"), counted("about 10^9", "query", "queries")
    ('1 file', '0 files', 'about 10^9 queries')
    """
    return f"{count} {noun if str(count) == '1' else plural or noun + 's'}"


def listed(names: Sequence[str], most: int = 10) -> str:
    """Names, as many as one reads.

    >>> listed(["a", "b"]), listed(["a", "b", "c"], 2)
    ('a, b', 'a, b and 1 more')
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def exact(points: float) -> Fraction:
    """The points that were rounded to four decimals.

    >>> exact(0.5714), exact(2.5), exact(0.1234)
    (Fraction(4, 7), Fraction(5, 2), Fraction(617, 5000))
    """
    near = Fraction(points).limit_denominator(LARGEST)
    return near if round(float(near), 4) == round(points, 4) else Fraction(str(round(points, 4)))


def in_points(points: float | Fraction) -> str:
    """Points as people write them: a decimal of three places at most, else a fraction of a small denominator, else a decimal.

    >>> in_points(2), in_points(0.75), in_points(0.5714), in_points(1.3333), in_points(-1.3333)
    ('2', '0.75', '4/7', '1 1/3', '-1 1/3')
    """
    value = points if isinstance(points, Fraction) else exact(points)
    if 1000 % value.denominator == 0 or value.denominator > WRITTEN:
        return f"{float(value):.4f}".rstrip("0").rstrip(".")
    whole, part = divmod(abs(value), 1)
    return f"{'-' * (value < 0)}{f'{whole} ' if whole else ''}{part}"


def total(points: Iterable[float]) -> str:
    """The sum of points, as people write it; thirds add up.

    >>> total([0.3333, 0.6667, 2]), total([])
    ('3', '0')
    """
    return in_points(sum(map(exact, points), Fraction(0)))
