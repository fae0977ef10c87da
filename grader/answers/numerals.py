"""Numerals as people write them, made plain: decimal commas, thousands set apart, mixed numbers, ``x`` between factors."""

from __future__ import annotations

import re
import unicodedata

from reference.language.calls import COUNTS, OTHER_NAMES
from reference.language.errors import ReadingError
from reference.language.operations import FUNCTIONS

SEPARATOR = r"(?:\{,\}|[.,'’_])"
SPACE = r"(?:\ |~|\\[,\ ])"
RUN = re.compile(rf"(?<![\w.])[0-9]+(?:{SEPARATOR}[0-9]+|{SPACE}[0-9]{{3}}(?![0-9]))+(?![0-9])")
CUT = re.compile(rf"{SEPARATOR}|{SPACE}")
FIRST = re.compile(r"^(\s*(?:[-+]\s*)?),(?=[0-9])")  # ,65
MIXED = re.compile(r"(?<![\w.,])([0-9]+)\ ?([¼-¾⅐-⅞])(?![\w.])")
CROSS = re.compile(r"(?<=[0-9).])(?<!(?<![\w.])0)(\s*)[xX](?=\s*[-+(.0-9])")
SCALED = re.compile(  # 1.445e7 and 1.445·10^7 have decimals, whatever is expected
    r"[eE][-+]?[0-9]|\s*(?:[*×xX·⋅]|\\cdot|\\times)\s*10\s*(?:\^|\*\*|[⁰¹²³⁴-⁹⁻])"
)
ROUNDED = re.compile(
    r"[⌊⌈]|\\lfloor|\\lceil|(?<![A-Za-z])(?:floor|ceil|round|int|trunc)(?![A-Za-z])"
)
PER_CENT = re.compile(
    r"(?<![\w.,])(?<![eE][-+])([0-9]+(?:[.,][0-9]+)?)\s*\\?%(?=\s*(?:[-+*/·×)^]|$))"
)
INTEGER = re.compile(r"(?<![A-Za-z_.])int(?=\()")  # towards 0, as programs have it
BASED = re.compile(r"(?<![A-Za-z_])log\(\s*([1-9][0-9]*),([1-9][0-9]*)\s*\)")  # log(98,2)
TOUCHING = re.compile(
    r"(?<![A-Za-z_.\\\\])(ln|sqrt|sin|cos|tan|sinh|cosh|tanh|sigmoid)([0-9]+(?:\.[0-9]+)?)(?![\w.]|\s*\()(\s*(?:\^|\*\*))?"
)  # ln3
SEVERAL = {name for name, count in (*FUNCTIONS, *COUNTS) if count > 1} - {"log"}
SEVERAL |= {other for other, name in OTHER_NAMES.items() if name in SEVERAL}
TIGHT = "a comma can stand between values or before decimals: write a decimal point, or a space after the comma"
CALLED = re.compile(r"([a-zA-Z_]+)\s*$")

PLAIN_FACTORS = re.compile(r"(?<![\w.,·⋅∙•])[0-9]+[·⋅∙•][0-9]+(?![\w.,·⋅∙•^⁰¹²³⁴-⁹⁻]|\*\*)")
RATIO = re.compile(r"(?<![\w.,:])([0-9]+(?:[.,][0-9]+)?)\s*:\s*([0-9]+(?:[.,][0-9]+)?)(?![\w.,:])")
PLUS_MINUS = re.compile(r"(?<![0-9.,])[0-9.,]+\s*\+-\s*[0-9.,]+")
PERIOD = re.compile(r"(?<![\w.,])([0-9]+[.,][0-9]*)\(([0-9]+)\)(?![\w.,])")  # 0.(3)
MAX_DIGITS = 15  # of the whole number of a mixed one whose value is told
LOST_POWER = re.compile(r"(?<![\w.,])[0-9](?:[.,][0-9]+)?\s*[*×xX·⋅]\s*10-[0-9]+(?![\w.])")
LOOSE_EXPONENT = re.compile(
    r"(?<![\w.,])[0-9.,]+(?:\s+[eE]\s*[-+]?\s*|[eE]\s+[-+]?\s*|[eE][-+]\s+)[0-9]+|(?<![\w.,])[0-9.,]+[eE]\s*$"
)


def plain(text: str, whole: bool = False, names: bool = False) -> str:
    """A text with every numeral as the language reads it, mostly in its place.

    Args:
        whole: are whole numbers expected, so that a comma before three digits sets thousands apart?
        names: may ``x`` be a name?

    Raises:
        ReadingError: a separator may set apart decimals or thousands, or a colon a part's number and its answer.
    """
    if ":" in text and (ratio := RATIO.search(text)):
        message = (
            f"{ratio[0]} can be a quotient, odds or the answer to a part: write / for a quotient"
        )
        raise ReadingError(message, ratio.start() + 1).instead(
            ratio[0], f"{ratio[1]}/{ratio[2]}", ratio[2]
        )
    text = MIXED.sub(r"(\1+\2)", FIRST.sub(r"\1.", text))
    if not names:
        text = TOUCHING.sub(called, CROSS.sub(r"\1*", text))
    if "%" in text:
        text = PER_CENT.sub(r"(\1/100)", text)
    if not names:
        text = INTEGER.sub("trunc" if "-" in text else "floor", text)
    between = arguments(text) if "," in text else set()
    rounded = whole and ROUNDED.search(text) is not None
    found, end = list[str](), 0
    for match in RUN.finditer(text):
        if between.isdisjoint(range(*match.span())):
            scaled = SCALED.match(text, match.end()) is not None
            shown = spelled_out(match[0], match.start() + 1, whole and not rounded, scaled)
            found += [text[end : match.start()], shown.rjust(len(match[0]))]
            end = match.end()
    return "".join([*found, text[end:]])


def called(touching: re.Match[str]) -> str:
    """``ln(3)`` for ln3; ``ln 3^`` for ln3^, which is a power within the function as it is behind a space."""
    function, number, power = touching.groups()
    return f"{function} {number}{power}" if power else f"{function}({number})"


def arguments(text: str) -> set[int]:
    """The places of commas between the arguments of functions that take several, as in ``max(0,5)``.

    Raises:
        ReadingError: one of several commas may stand before decimals, as in ``max(0,2,5)``.
    """
    found, calls = set[int](), list[list[int] | None]()
    for place, sign in enumerate(text):
        if sign in "([{":
            called = CALLED.search(text[max(place - 20, 0) : place])
            calls.append([] if called is not None and called[1] in SEVERAL else None)
        elif sign in ")]}" and calls:
            commas = calls.pop() or []
            tight = [at for at in commas if text[at + 1].isdigit()]
            if len(commas) > 1 and tight:
                raise ReadingError(TIGHT, tight[0] + 1)
            found.update(commas)
        elif sign == "," and calls and calls[-1] is not None:
            calls[-1].append(place)
    return found


def spelled_out(numeral: str, column: int, whole: bool, scaled: bool = False) -> str:
    """Digits and a decimal point for digits with any separators; as it is where they make no number.

    ``scaled``: does a power of ten follow, so that one separator stands before decimals?
    """
    groups, signs = CUT.split(numeral), [sign.strip("{}") for sign in CUT.findall(numeral)]
    last = signs[-1]
    decimals = scaled and len(signs) == 1 and last in (".", ",")
    if len(set(signs)) == 1 and in_thousands(groups) and not decimals:
        if len(signs) > 1 or last not in (".", ",") or (whole and last == ","):
            return "".join(groups)
        if whole:
            message = f"{numeral} can be {''.join(groups)}: write it without the point"
            raise ReadingError(message, column).instead(numeral, "".join(groups))
        if last == ",":
            raise doubtful(numeral, ".".join(groups), "".join(groups), column=column)
    before = signs[:-1]
    pointed = last in (".", ",") and last not in before and len(set(before)) <= 1
    if pointed and (not before or in_thousands(groups[:-1])):
        return f"{''.join(groups[:-1])}.{groups[-1]}"
    return numeral


def in_thousands(groups: list[str]) -> bool:
    """Are digits set apart by three, as in 1 234 567?"""
    first, *rest = groups
    return len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in rest)


def doubtful(numeral: str, *meanings: str, column: int) -> ReadingError:
    message = (
        f"{numeral} can be {' or '.join(meanings)}: "
        "write a decimal point, and no thousands separator"
    )
    return ReadingError(message, column).instead(numeral, *meanings)


def doubt(text: str, whole: bool = False) -> ReadingError | None:
    """What to ask where signs of a text have two readings of different value; nothing if they have one."""
    if not whole and (match := PLAIN_FACTORS.search(text)):
        shown = re.sub("[·⋅∙•]", ".", match[0])
        product = re.sub("[·⋅∙•]", "*", match[0])
        message = (
            f"{match[0]} can be {shown} or a product: write a decimal point, or * between factors"
        )
        return ReadingError(message).instead(match[0], shown, product)
    if match := MIXED.search(text):
        few = len(match[1]) <= MAX_DIGITS
        value = f"{int(match[1]) + unicodedata.numeric(match[2]):.6g}" if few else "a mixed number"
        product = f"{match[1]}*{match[2]}"
        message = (
            f"{match[0]} can be {value} or a product: write a decimal number, or * between factors"
        )
        return ReadingError(message).instead(match[0], f"{match[1]} + {match[2]}", product)
    if match := BASED.search(text):
        message = f"{match[0]} can be log({match[1]}.{match[2]}) or a logarithm to the base {match[2]}: write a decimal point, or a space after the comma"
        return ReadingError(message).instead(
            match[0], f"log({match[1]}.{match[2]})", f"log({match[1]}, {match[2]})"
        )
    if match := PLUS_MINUS.search(text):
        message = f"{match[0]} can be a sum or a margin: leave only the answer"
        return ReadingError(message).instead(
            match[0], match[0].replace("+-", "+ -"), match[0].partition("+")[0].strip()
        )
    if match := PERIOD.search(text):
        message = f"{match[0]} can be a product or a decimal with a period: write * between factors, or a fraction"
        return ReadingError(message).instead(match[0], f"{match[1]} * {match[2]}")
    if match := LOST_POWER.search(text):
        message = f"{match[0]} can be a power of ten or a difference: write ^ before an exponent, or spaces around a minus sign"
        return ReadingError(message).instead(
            match[0], match[0].replace("10-", "10^-"), match[0].replace("-", " - ")
        )
    if match := LOOSE_EXPONENT.search(text):
        message = f"{match[0]} can be a power of ten or a multiple of e: write 3e-4 without spaces, or 3*e - 4"
        close = "".join(match[0].split()).lower()
        return ReadingError(message).instead(match[0], close, re.sub("e([-+]?)", spaced, close))
    return None


def spaced(exponent: re.Match[str]) -> str:
    """An exponent as what is added to a multiple of e."""
    return f"*e {exponent[1]} " if exponent[1] else "*e*"
