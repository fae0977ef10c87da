"""What is derived from a record that never changes, such as the model of a structure, hangs on that record and goes with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

MOST = 1024  # results of one function that a record holds
MISSING = object()

Owner = TypeVar("Owner")
Rest = TypeVarTuple("Rest")
Result = TypeVar("Result")


def memoized(function: Callable[[Owner, *Rest], Result]) -> Callable[[Owner, *Rest], Result]:
    """A function that keeps what it makes of its first argument on that argument, for each of the further ones.

    The first argument is a record with ``dict=True``, in which nothing changes. What is kept has no say in whether records are equal, and
    is neither copied nor sent to another process. Where there is too much of it, the oldest goes.

    >>> from msgspec import Struct
    >>> class Circle(Struct, frozen=True, dict=True):
    ...     radius: float
    >>> @memoized
    ... def area(circle, pi):
    ...     print("measured")
    ...     return pi * circle.radius**2
    >>> circle = Circle(2)
    >>> [area(circle, 3), area(circle, 3)]
    measured
    [12, 12]
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def look_up(owner: Owner, *rest: *Rest) -> Result:
        kept: dict[tuple[Any, ...], Any] = owner.__dict__.setdefault(name, {})
        found = kept.get(rest, MISSING)
        if found is MISSING:
            found = function(owner, *rest)
            if len(kept) >= MOST:
                kept.pop(next(iter(kept)), None)
            kept[rest] = found
        result: Result = found
        return result

    return look_up
