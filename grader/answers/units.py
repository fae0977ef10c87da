"""Units behind a number, ``12 %`` or ``3 MB``: the one that is asked for is read, and others of exact ratio to it; any other asks. And what is counted, ``14 steps``."""

from __future__ import annotations

import re
from fractions import Fraction

from reference.language.errors import ReadingError
from reference.language.wrapping import unwrapped

SPELLINGS = {
    "%": r"\% | percent | per cent | pct | percentage point | percentage points | point | points | pp",
    "B": "byte | bytes",
    "kB": "KB | kilobyte | kilobytes",
    "MB": "megabyte | megabytes",
    "GB": "gigabyte | gigabytes",
    "TB": "terabyte | terabytes",
    "KiB": "kibibyte | kibibytes",
    "MiB": "mebibyte | mebibytes",
    "GiB": "gibibyte | gibibytes",
    "bits": "bit",
    "nats": "nat",
    "ms": "millisecond | milliseconds",
    "s": "sec | second | seconds",
    "min": "minute | minutes",
    "h": "hour | hours",
    "TiB": "tebibyte | tebibytes",
    "°": "deg | degree | degrees | \\degree | ^\\circ | ^{\\circ}",
}
# Units of which nobody doubts how many make up another; a MB is a million bytes to some, and 2^20 to others.
EXACT: tuple[dict[str, Fraction], ...] = (
    {unit: Fraction(1024**power) for power, unit in enumerate(("B", "KiB", "MiB", "GiB", "TiB"))},
    {"ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)},
)
BEHIND = re.compile(
    r"(?<=[0-9.)\s}])\s*(per\s+cent|percentage\s+points?|\\?[^\W\d_]+|\\?%|°|\^\{?\\circ\}?)\s*\.?\s*$"
)
# What is counted one by one, so that the word changes no number, as that for bytes, pairs or operations may
COUNTED = re.compile(
    r"""(?<=[0-9)}])\s*(?:(?:trainable|learnable|different|distinct)\s+)?(?:
        step|update|iteration|epoch|batch(?:e(?=s))?|parameter|weight|bias(?:e(?=s))?|entry|entries|value|number|element
        |product|multiplication|addition|multiply-add|layer|unit|neuron|node|channel|filter|connection|arrow|path
        |example|sample|image|point|token|row|column|score|model|mistake|pixel|place|position|convolution|window|feature
        |map|head|block|word|letter|mask|fold|box(?:e(?=s))?|region|param|mac|px|input|output
    )s?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
PLAIN = re.compile(
    r"(?:[^=]*=)?\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*"
)  # maybe behind what it is called
LONGEST = 40  # signs of a unit, with what stands around it
FACTORS = (
    100.0,
    1000.0,
    1024.0,
    1e6,
    1024.0**2,
    1e9,
    1024.0**3,
    8.0,
    60.0,
)  # from a unit to another


def without(text: str, unit: str) -> str:
    """A text without the unit that is asked for, in its place.

    Raises:
        ReadingError: another one of those that are known here stands there, or per cent elsewhere in it.
    """
    number = in_unit(text, unit)
    if unit == "%" and "%" in number:
        raise ReadingError("expected a number in %, found another sign of per cent in it")
    return number


def in_unit(text: str, unit: str) -> str:
    body = unwrapped(text).rstrip()
    match = BEHIND.search(body, max(0, len(body) - LONGEST))
    if match is None:
        return text
    found = " ".join(match[1].split())
    if found in spellings(unit) or (len(found) > 2 and found.casefold() in spellings(unit)):
        return body[: match.start(1)]
    other = next((one for one in SPELLINGS if found in spellings(one)), "")
    ratio = next((one[other] / one[unit] for one in EXACT if {other, unit} <= {*one}), None)
    number = PLAIN.fullmatch(body, 0, match.start(1))
    if ratio and number and (ratio < 1 or (Fraction(number[1]) * ratio).denominator == 1):
        return f"{body[: number.end(1)]} * {ratio}"  # others may be rounded
    if other:
        raise ReadingError(f"expected a number in {unit}, found one in {found}", match.start(1) + 1)
    counted = uncounted(body)
    if counted != body:
        word = body[len(counted) :].strip()
        raise ReadingError(f"expected a number in {unit}, found one of {word}", len(counted) + 1)
    return text


def uncounted(text: str) -> str:
    """A number without the word for what is counted behind it."""
    body = text.rstrip(" .")
    if not body[-1:].isalpha():  # which is quicker
        return text
    match = COUNTED.search(body, max(0, len(body) - LONGEST))
    return text if match is None else body[: match.start()]


def spellings(unit: str) -> set[str]:
    return {unit, *(" ".join(one.split()) for one in SPELLINGS.get(unit, "").split("|"))} - {""}
