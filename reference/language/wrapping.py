"""What people, pages and programs put around an answer, and signs that only look different from those we read.

Every sign that can be seen keeps its place, so that the columns of messages count what was handed in.
"""

from __future__ import annotations

import re

ALIKE = str.maketrans(
    {
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
        **dict.fromkeys("‐‑‒–—―−﹣", "-"),
        **{chr(space): " " for space in range(0x2000, 0x200B)},
        **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
        **dict.fromkeys("“”„", '"'),
        **{"、": ",", "。": "."},
        # What nobody sees: breaks of a line, directions, the beginning of a file.
        **{
            chr(sign): "" for sign in (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)
        },
        **{chr(sign): "" for sign in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    }
)
UNUSUAL = re.compile(f"[{''.join(map(re.escape, map(chr, ALIKE)))}]")
# What says that the answer follows, in the languages of some of our students.
LEAD = re.compile(
    r"""^\s*(?: (?:(?:my|the)\s+)?(?:(?:final|correct|right)\s+)?
        (?:answer|result|solution|antwort|lösung|ergebnis|respuesta|resultado|solución)
        (?:\s*[:=](?![=>]) | \s+(?:is|ist|es)\b\s*:? | (?=\s*[-=]>)) | [-=]> | [⇒→∴] ) (?=\s*\S)""",
    re.VERBOSE | re.IGNORECASE,
)
PROMPT = re.compile(r"^\s*(?:>>>|Out\s*\[[0-9]{0,4}\]\s*:)")
COMMENT = re.compile(r"#[^\n]*")
MATHEMATICS = re.compile(r"(?<!\\)(?:\$+|\\[()\[\]])")
FENCE = re.compile(r"^\s*```[a-z]{1,12}(?=\n)")
# Marks stand around all of a text or of one side of it, where no power and no prime can stand.
MARKED = re.compile(
    r"""((?:^|[=:,;(\[\n])[\ \t]*) (`{1,3}|\*{1,3}|_{1,2}|["']) ((?:(?!\2).)+) \2
        (?=\s*(?:$|[=:,;)\]\n]|\.(?!\d)))""",
    re.VERBOSE | re.DOTALL,
)
# Bold around powers, which stand tight between what they belong to: **2*10**3**.
BOLD = re.compile(
    r"(\s*)\*\*((?:[^*]|\*(?!\*)|(?<=[\w)])\*\*(?=[\w(+-]))+)\*\*(\s*[.,;]?\s*)", re.DOTALL
)
# LaTeX's bold and its frames stand around all of a side.
FRAMED = re.compile(
    r"((?:^|[=:])\s*)(\\(?:mathbf|textbf|boldsymbol|bm|text|mathrm|boxed|underline|fbox)\s*\{)((?:[^{}]|\{,\})+)\}(?=\s*(?:$|[=:.]))"
)
LABEL = re.compile(r"^(\s*)(\*\*|__)([^*_\n]{1,60}[:=]\s*)\2")  # **Answer:** 0.65
PRINTED = re.compile(
    r"""(\s*(?:print | (?:(?:np|numpy|torch|jnp|tf|sympy|sp)\s*\.\s*)?
        (?:array|asarray|tensor|Tensor|matrix|Matrix|constant|Size|float[0-9]*|int[0-9]+))\s*\() (.*?)
        ((?:,\s*(?:dtype|device|grad_fn|requires_grad)\s*=[^,()\[\]]*){0,4}) \) (\s*;?\s*)""",
    re.VERBOSE | re.DOTALL,
)
MARKS = frozenset("*_'")
# Without one of these, and no mark at the beginning, there is nothing to take off. Alternatives that begin with one sign are
# quick, and quicker with letters that are no usual names: so "rint" for "print".
WRAPPING = re.compile(
    r"\#|\$|>>>|Out|nswer|esult|olution|ntwort|ösung|rgebnis|espuesta|olución|->|=>|⇒|→|∴|`|\"|rint|rray|ensor|rix|onstant|Size|loat|nt[0-9]|\\(?:[()\[\]]|text|mathbf|mathrm|bold|bm|box|fbox|under)|"
    + "|".join(rf"{sign}[\t ]*['*_]" for sign in [r"=", r":", r",", r";", r"\(", r"\[", r"\n"])
)
MAX_LAYERS = 4


def unwrapped(text: str) -> str:
    r"""A text without comments, ``$…$``, bold, backticks, quotation marks and ``print(…)`` around it, its signs plain.

    >>> unwrapped("**`－1.5`**"), unwrapped("$w_{21} = 0.65$"), unwrapped("2**3")
    ('   -1.5   ', ' w_{21} = 0.65 ', '2**3')
    """
    if not text.isascii() and UNUSUAL.search(text):  # translating takes longer than looking
        text = text.translate(ALIKE)
    if WRAPPING.search(text) is None and MARKS.isdisjoint(text.lstrip()[:1]):
        return text
    for pattern in (PROMPT, COMMENT, MATHEMATICS):
        text = pattern.sub(lambda match: blank(match[0]), text)
    text = FENCE.sub(lambda match: "```".ljust(len(match[0])), text)
    for _ in range(MAX_LAYERS):
        before = text
        text = LABEL.sub(
            lambda match: match[1] + blank(match[2]) + match[3] + blank(match[2]), text
        )
        text = MARKED.sub(
            lambda match: match[1] + blank(match[2]) + match[3] + blank(match[2]), text
        )
        text = FRAMED.sub(lambda match: f"{match[1]}{blank(match[2])}{match[3]} ", text)
        text = BOLD.sub(r"\1  \2  \3", text) if BOLD.fullmatch(text) else text
        text = LEAD.sub(lambda match: blank(match[0]), unprinted(text))
        if text == before:
            break
    return text


def unprinted(text: str) -> str:
    """A text without ``print(…)`` around it, or what NumPy and PyTorch print around numbers."""
    match = PRINTED.fullmatch(text)
    if match is None or not balanced(match[2]):
        return text
    return f"{blank(match[1])}{match[2]}{blank(match[3])} {match[4]}"


def balanced(text: str) -> bool:
    """Is every round bracket closed, after it was opened?"""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def blank(text: str) -> str:
    """As many spaces."""
    return " " * len(text)
